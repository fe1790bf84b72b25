//! A study's invites: the standing link and further ones.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use chrono::TimeDelta;
use coup_core::{
    error::{Check, Error, Invalid},
    id::StudyId,
    member::invite::{CreateInvite, RevokeInvite},
    page::Limit,
    study::service::RotateInviteCode,
};

use super::member::{cursor, tabs};
use crate::{
    extract::{InStudy, OfInvite},
    pages::{
        flash::Flash,
        form::Form,
        frame::{Frame, Person},
        member::{Invite, InvitesPage, MemberTab},
        study::StudyTab,
        visit::{Answer, Posted, Visit, number},
    },
};

pub(super) async fn list(visit: Visit, InStudy(id): InStudy) -> Answer {
    page(&visit, id, StatusCode::OK, Form::of([("expiresIn", "7d")])).await
}

async fn page(visit: &Visit, id: StudyId, status: StatusCode, form: Form) -> Answer {
    let coup = &visit.house.coup;
    let query = visit.query();
    let inside = coup.inside(&visit.ctx, id).await?;
    let page = coup.invites_in(&inside.file, cursor(&query), Limit::DEFAULT).await?;
    let frame = visit.inside(&inside, StudyTab::Members);
    let (first, next) = visit.pages(&frame, page.next_cursor.as_deref());
    let mut invites = Vec::with_capacity(page.items.len());
    for (invite, by) in page.items {
        invites.push(Invite {
            link: link(visit, &frame, &invite.code),
            by: Person::from(by),
            expires: invite.expires_at,
            uses: invite.uses,
            max_uses: invite.max_uses,
            open: invite.is_open(coup.now()),
            code: invite.code,
        });
    }
    let page = InvitesPage {
        study_id: id.to_string(),
        tabs: tabs(&frame, &inside, MemberTab::Invites),
        standing_link: link(visit, &frame, &inside.file.study.invite_code),
        expiries: InvitesPage::expiries(&frame),
        form,
        invites,
        first,
        next,
        frame,
    };
    Ok((status, page).into_response())
}

fn link(visit: &Visit, frame: &Frame, code: &str) -> String {
    format!("{}{}", visit.house.options.public_address.trim_end_matches('/'), frame.href(format!("/invites/{code}")))
}

pub(super) async fn create(visit: Visit, InStudy(id): InStudy, Posted(form): Posted) -> Answer {
    match try_create(&visit, id, &form).await {
        Ok(()) => Ok(done(&visit, id, Flash::Invited)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            page(&visit, id, status, form).await
        }
    }
}

async fn try_create(visit: &Visit, id: StudyId, form: &Form) -> Result<(), Error> {
    let mut check = Check::default();
    let lasts = check.take(match form.value("expiresIn") {
        "" | "never" => Ok(None),
        "1d" => Ok(Some(TimeDelta::days(1))),
        "7d" => Ok(Some(TimeDelta::days(7))),
        "30d" => Ok(Some(TimeDelta::days(30))),
        _ => Err(Invalid::field("expiresIn", "unknown_value")),
    });
    let max_uses = check.take(number(form, "maxUses")).flatten();
    let expires_at = lasts.flatten().map(|lasts| visit.house.coup.now() + lasts);
    let command = check.take(CreateInvite::parse(id, expires_at, max_uses));
    check.finish()?;
    let command = command.ok_or_else(|| Invalid::field("maxUses", "required"))?;
    visit.house.coup.run(&visit.ctx, command).await.map(drop)
}

pub(super) async fn revoke(visit: Visit, OfInvite(study, code): OfInvite) -> Answer {
    visit.house.coup.run(&visit.ctx, RevokeInvite { study, code: code.into_string() }).await?;
    Ok(done(&visit, study, Flash::Revoked))
}

pub(super) async fn rotate(visit: Visit, InStudy(id): InStudy) -> Answer {
    visit.house.coup.run(&visit.ctx, RotateInviteCode(id)).await?;
    Ok(done(&visit, id, Flash::Rotated))
}

fn done(visit: &Visit, id: StudyId, flash: Flash) -> Response {
    visit.done(&format!("/my-studies/{id}/invites"), flash)
}
