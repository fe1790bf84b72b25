//! Browsing and founding studies, and keeping one's own.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use coup_core::{
    error::{Check, Error, Invalid, StateError},
    id::StudyId,
    member::model::MemberStatus,
    page::Limit,
    policy::StudyPermission,
    study::{
        model::{Browse, SortOrder, StudySort},
        outlook::Inside,
        service::{CloseStudy, DeleteStudy, ReopenStudy, StudyFields},
    },
    text::Query,
};

use super::shown;
use crate::{
    extract::InStudy,
    pages::{
        flash::Flash,
        form::Form,
        frame::Place,
        study::{BrowsePage, Filters, NewStudyPage, Sort, StudySettingsPage, StudyTab, categories, zones},
        visit::{Answer, Posted, Visit, number},
    },
};

pub(super) async fn browse(visit: Visit) -> Answer {
    let mut filters = Filters { form: visit.query() };
    let asked = match asked(&filters) {
        Ok(asked) => asked,
        Err(invalid) => {
            let (frame, _) = visit.signed_in(Place::Studies).await?;
            let (status, form) = visit.refused(filters.form, invalid.into())?;
            filters.form = form;
            return Ok((status, BrowsePage::new(frame, filters, Vec::new(), None)).into_response());
        }
    };
    let cursor = filters.form.value("cursor");
    let cursor = (!cursor.is_empty()).then_some(cursor);
    let (caller, page) = visit.house.coup.browse_studies(&visit.ctx, &asked, cursor, Limit::DEFAULT).await?;
    let frame = visit.outside(&caller, Place::Studies);
    let mine = |membership: Option<MemberStatus>| membership == Some(MemberStatus::Active);
    let cards = page.items.iter().map(|row| shown::card(&row.study, mine(row.membership))).collect();
    Ok(BrowsePage::new(frame, filters, cards, page.next_cursor.as_deref()).into_response())
}

fn asked(filters: &Filters) -> Result<Browse, Invalid> {
    let form = &filters.form;
    let text = |name: &str| Some(form.value(name).trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    let mut check = Check::default();
    let mut count = |field: &str| {
        let least = |n: i64| u32::try_from(n).map_err(|_| Invalid::bound(field, "too_small", 0));
        check.take(number(form, field).and_then(|n| n.map(least).transpose())).flatten()
    };
    let (min_members, max_members) = (count("minMembers"), count("maxMembers"));
    let query = text("query").and_then(|text| check.take(Query::parse("query", &text)));
    let min_rating = text("minRating").and_then(|text| {
        let rating = text.parse().ok().filter(|stars| (0.0..=5.0).contains(stars));
        check.take(rating.ok_or_else(|| Invalid::field("minRating", "out_of_range")))
    });
    check.finish()?;
    Ok(Browse {
        query,
        category: text("category"),
        sub_category: text("subCategory"),
        tag: text("tag"),
        is_recruiting: text("isRecruiting").map(|_| form.checked("isRecruiting")),
        min_members,
        max_members,
        min_rating,
        sort: Some(match filters.sort() {
            Sort::Created => StudySort::CreatedAt,
            Sort::Members => StudySort::MemberCount,
            Sort::Rating => StudySort::Rating,
        }),
        order: Some(SortOrder::Desc),
    })
}

pub(super) async fn new(visit: Visit) -> Answer {
    let form = Form::of([
        ("emoji", "📚"),
        ("maxMembers", "20"),
        ("timeZone", visit.house.coup.settings().time_zone.name()),
        ("autoApprove", "true"),
        ("isRecruiting", "true"),
        ("isPublic", "true"),
    ]);
    founding(&visit, StatusCode::OK, form).await
}

async fn founding(visit: &Visit, status: StatusCode, form: Form) -> Answer {
    let (frame, _) = visit.signed_in(Place::Studies).await?;
    let page = NewStudyPage { categories: categories(&frame), zones: zones(form.value("timeZone")), frame, form };
    Ok((status, page).into_response())
}

pub(super) async fn create(visit: Visit, Posted(form): Posted) -> Answer {
    match try_create(&visit, &form).await {
        Ok(id) => Ok(visit.done(&format!("/my-studies/{id}"), Flash::Founded)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            founding(&visit, status, form).await
        }
    }
}

async fn try_create(visit: &Visit, form: &Form) -> Result<StudyId, Error> {
    let mut check = Check::default();
    let mut fields = fields(form, &mut check);
    fields.is_recruiting = Some(form.checked("isRecruiting"));
    fields.is_public = Some(form.checked("isPublic"));
    let command = check.take(fields.create());
    check.finish()?;
    let command = command.ok_or_else(|| Invalid::field("name", "required"))?;
    Ok(visit.house.coup.run(&visit.ctx, command).await?.study.id)
}

/// The fields that founding and changing have in common.
fn fields(form: &Form, check: &mut Check) -> StudyFields {
    let text = |name: &str| Some(form.value(name).to_owned());
    let tags = form.value("tags").split([',', '，', '、']).map(|tag| tag.trim().trim_start_matches('#').to_owned());
    StudyFields {
        name: text("name"),
        emoji: text("emoji"),
        description: text("description"),
        category: text("category"),
        sub_category: Some(text("subCategory").filter(|text| !text.trim().is_empty())),
        tags: Some(tags.filter(|tag| !tag.is_empty()).collect()),
        max_members: check.take(number(form, "maxMembers")).flatten(),
        auto_approve: Some(form.checked("autoApprove")),
        time_zone: text("timeZone").filter(|zone| !zone.is_empty()),
        is_public: None,
        is_recruiting: None,
    }
}

pub(super) async fn settings(visit: Visit, InStudy(id): InStudy) -> Answer {
    let inside = visit.house.coup.inside(&visit.ctx, id).await?;
    inside.file.require(StudyPermission::StudyUpdate)?;
    let study = &inside.file.study;
    let tags: Vec<&str> = study.tags.iter().map(coup_core::text::Tag::as_str).collect();
    let form = Form::of([
        ("name", study.name.to_string()),
        ("emoji", study.emoji.to_string()),
        ("description", study.description.to_string()),
        ("category", study.category.to_string()),
        ("subCategory", study.sub_category.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("tags", tags.join(", ")),
        ("maxMembers", study.max_members.to_string()),
        ("timeZone", study.time_zone.name().to_owned()),
        ("autoApprove", study.auto_approve.to_string()),
    ]);
    Ok(keeping(&visit, &inside, StatusCode::OK, form))
}

fn keeping(visit: &Visit, inside: &Inside, status: StatusCode, form: Form) -> Response {
    let frame = visit.inside(inside, StudyTab::Settings);
    let file = &inside.file;
    let mut categories = categories(&frame);
    let current = form.value("category");
    if !categories.iter().any(|choice| choice.value == current) {
        categories.push(crate::pages::form::Choice::new(current, current));
    }
    let (open, hidden) = (file.study.closed_at.is_none(), file.study.hidden_at.is_some());
    let may_close = file.may(StudyPermission::StudyClose) && !hidden;
    let page = StudySettingsPage {
        study: shown::whole(&file.study, None),
        categories,
        zones: zones(form.value("timeZone")),
        may_set_visibility: file.may(StudyPermission::StudyVisibility),
        may_close: may_close && open,
        may_reopen: may_close && !open,
        may_delete: file.may(StudyPermission::StudyDelete) && !hidden,
        frame,
        form,
    };
    (status, page).into_response()
}

pub(super) async fn edit(visit: Visit, InStudy(id): InStudy, Posted(form): Posted) -> Answer {
    match try_edit(&visit, id, &form).await {
        Ok(()) => Ok(visit.done(&settings_path(id), Flash::Saved)),
        Err(error) => {
            let small = matches!(error, Error::State(StateError::CapacityTooSmall));
            let (status, mut form) = visit.refused(form, error)?;
            if small && let Some(words) = form.problem.take() {
                form = form.with_error("maxMembers", words);
            }
            let inside = visit.house.coup.inside(&visit.ctx, id).await?;
            inside.file.require(StudyPermission::StudyUpdate)?;
            Ok(keeping(&visit, &inside, status, form))
        }
    }
}

async fn try_edit(visit: &Visit, id: StudyId, form: &Form) -> Result<(), Error> {
    let mut check = Check::default();
    let fields = fields(form, &mut check);
    let command = check.take(fields.edit(id));
    check.finish()?;
    let command = command.ok_or_else(|| Invalid::field("name", "required"))?;
    visit.house.coup.run(&visit.ctx, command).await.map(drop)
}

fn settings_path(id: StudyId) -> String {
    format!("/my-studies/{id}/settings")
}

pub(super) async fn set_recruiting(visit: Visit, InStudy(id): InStudy, Posted(form): Posted) -> Answer {
    set(&visit, id, StudyFields { is_recruiting: Some(form.checked("isRecruiting")), ..StudyFields::default() }).await
}

pub(super) async fn set_visibility(visit: Visit, InStudy(id): InStudy, Posted(form): Posted) -> Answer {
    set(&visit, id, StudyFields { is_public: Some(form.checked("isPublic")), ..StudyFields::default() }).await
}

async fn set(visit: &Visit, id: StudyId, fields: StudyFields) -> Answer {
    visit.house.coup.run(&visit.ctx, fields.edit(id)?).await?;
    Ok(visit.done(&settings_path(id), Flash::Saved))
}

pub(super) async fn close(visit: Visit, InStudy(id): InStudy) -> Answer {
    visit.house.coup.run(&visit.ctx, CloseStudy(id)).await?;
    Ok(kept(&visit, id, Flash::Closed))
}

pub(super) async fn reopen(visit: Visit, InStudy(id): InStudy) -> Answer {
    visit.house.coup.run(&visit.ctx, ReopenStudy(id)).await?;
    Ok(kept(&visit, id, Flash::Reopened))
}

fn kept(visit: &Visit, id: StudyId, flash: Flash) -> Response {
    visit.done(&settings_path(id), flash)
}

pub(super) async fn delete(visit: Visit, InStudy(id): InStudy) -> Answer {
    visit.house.coup.run(&visit.ctx, DeleteStudy(id)).await?;
    Ok(visit.done("/my-studies", Flash::Deleted))
}
