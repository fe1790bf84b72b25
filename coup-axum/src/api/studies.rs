//! `/studies`: browse, found, see, edit, delete, close, reopen; `/my-studies`: one's own.

use axum::{
    Json,
    extract::State,
    http::{Method, StatusCode},
};
use coup_core::{
    error::{Check, Invalid},
    page::{Limit, Page},
    store::OwnStudy,
    study::{
        model::{Browse, SortOrder, Study, StudySort},
        service::{CloseStudy, DeleteStudy, ReopenStudy, StudyFields, StudyView},
    },
    text::{Category, Query, Tag},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{Answer, Api, schema};
use crate::{
    extract::{Asked, InStudy, Input, Nothing, Who, given},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 5] {
    [routes!(browse, create), routes!(show, replace, edit, delete), routes!(close), routes!(reopen), routes!(own)]
}

/// By what studies are sorted.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes, nobody makes one")]
enum SortBy {
    CreatedAt,
    MemberCount,
    Rating,
}

/// Which way.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes, nobody makes one")]
enum Order {
    Asc,
    Desc,
}

/// What somebody looks for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct BrowseQuery {
    /// Found in name or description, whatever the case.
    #[param(nullable = false, max_length = 100)]
    query: Option<String>,
    #[param(nullable = false)]
    category: Option<String>,
    #[param(nullable = false)]
    sub_category: Option<String>,
    #[param(nullable = false)]
    tag: Option<String>,
    #[param(nullable = false)]
    is_recruiting: Option<bool>,
    /// At least so many members.
    #[param(nullable = false)]
    min_members: Option<u32>,
    /// At most so many members.
    #[param(nullable = false)]
    max_members: Option<u32>,
    #[param(nullable = false)]
    min_rating: Option<f64>,
    /// Default `createdAt`.
    #[param(value_type = Option<SortBy>, inline, nullable = false)]
    sort_by: Option<StudySort>,
    /// Default `desc`.
    #[param(value_type = Option<Order>, inline, nullable = false)]
    sort_order: Option<SortOrder>,
    /// Default 20.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

impl BrowseQuery {
    fn parse(&self) -> Result<(Browse, Limit), Invalid> {
        let mut check = Check::default();
        let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let browse = Browse {
            query: text(&self.query).and_then(|text| check.take(Query::parse("query", &text))),
            category: text(&self.category)
                .and_then(|text| check.take(Category::parse("category", &text)))
                .map(|category| category.to_string()),
            sub_category: text(&self.sub_category)
                .and_then(|text| check.take(Category::parse("subCategory", &text)))
                .map(|category| category.to_string()),
            tag: text(&self.tag).and_then(|text| check.take(Tag::parse("tag", &text))).map(|tag| tag.to_string()),
            is_recruiting: self.is_recruiting,
            min_members: self.min_members,
            max_members: self.max_members,
            min_rating: self.min_rating.and_then(|rating| {
                let finite =
                    if rating.is_finite() { Ok(rating) } else { Err(Invalid::field("minRating", "out_of_range")) };
                check.take(finite)
            }),
            sort: self.sort_by,
            order: self.sort_order,
        };
        let limit = check.take(Limit::parse(self.limit, Limit::DEFAULT)).unwrap_or(Limit::DEFAULT);
        check.finish()?;
        Ok((browse, limit))
    }
}

/// A page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Default 20.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    pub(super) limit: Option<i64>,
    /// `nextCursor` of the page before.
    #[param(nullable = false)]
    pub(super) cursor: Option<String>,
}

impl PageQuery {
    pub(super) fn limit(&self) -> Result<Limit, Invalid> {
        Limit::parse(self.limit, Limit::DEFAULT)
    }

    pub(super) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
}

/// The fields of a study to edit. Absent: stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::option_option, reason = "absent stays, null takes away")]
struct StudyEdit {
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false, min_length = 2, max_length = 80)]
    name: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false, max_length = 10)]
    emoji: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 5000)]
    description: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 40)]
    category: Option<String>,
    /// `null` takes it away.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 40)]
    sub_category: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false, max_items = 10)]
    tags: Option<Vec<String>>,
    /// Not below the members there are.
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false, minimum = 2, maximum = 1000)]
    max_members: Option<i64>,
    /// Needs `study:study.visibility`.
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    is_public: Option<bool>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    auto_approve: Option<bool>,
    /// Needs `study:study.recruit`.
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    is_recruiting: Option<bool>,
    /// IANA name.
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    time_zone: Option<String>,
}

impl StudyEdit {
    /// What a whole study must have.
    fn whole(&self) -> Result<(), Invalid> {
        let mut check = Check::default();
        for (field, text) in [("name", &self.name), ("description", &self.description), ("category", &self.category)] {
            check.take(if text.is_some() { Ok(()) } else { Err(Invalid::field(field, "required")) });
        }
        check.finish()
    }
}

impl From<StudyEdit> for StudyFields {
    fn from(edit: StudyEdit) -> Self {
        Self {
            name: edit.name,
            emoji: edit.emoji,
            description: edit.description,
            category: edit.category,
            sub_category: edit.sub_category,
            tags: edit.tags,
            max_members: edit.max_members,
            is_public: edit.is_public,
            auto_approve: edit.auto_approve,
            is_recruiting: edit.is_recruiting,
            time_zone: edit.time_zone,
        }
    }
}

/// A study of one's own, with unread messages.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnStudyBody {
    #[serde(flatten)]
    study: Study,
    membership: coup_core::member::model::StudyMember,
    unread_count: u32,
}

impl From<OwnStudy> for OwnStudyBody {
    fn from(own: OwnStudy) -> Self {
        Self { study: own.study, membership: own.member, unread_count: own.unread }
    }
}

#[utoipa::path(
    get, path = "/studies", operation_id = "browseStudies", tag = "studies", summary = "Browse and search public studies",
    params(BrowseQuery),
    responses((status = 200, description = "a page", body = schema::StudyList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:study.browse")))
)]
async fn browse(State(api): State<Api>, Who(ctx): Who, Asked(query): Asked<BrowseQuery>) -> Answer<Page<Study>> {
    let (browse, limit) = query.parse()?;
    let (_, page) = api.coup.browse_studies(&ctx, &browse, query.cursor.as_deref(), limit).await?;
    Ok(Json(page.map(|browsed| browsed.study)))
}

#[utoipa::path(
    post, path = "/studies", operation_id = "createStudy", tag = "studies", summary = "Found a study; the founder owns it",
    request_body = schema::NewStudy,
    responses((status = 201, description = "the study", body = schema::StudyView)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:study.create")))
)]
async fn create(
    State(api): State<Api>,
    Who(ctx): Who,
    Input(body): Input<StudyEdit>,
) -> Result<(StatusCode, Json<StudyView>), Problem> {
    let command = StudyFields::from(body).create()?;
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, command).await?)))
}

#[utoipa::path(
    get, path = "/studies/{id}", operation_id = "getStudy", tag = "studies", summary = "A study that the caller may see",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    responses((status = 200, description = "the study", body = schema::StudyView), (status = 404, description = "no such study, or not for the caller to see", body = schema::Problem, content_type = "application/problem+json")),
    security(("signedIn" = [])), extensions(("x-permission" = json!(["study:study.read", "system:study.browse"])))
)]
async fn show(State(api): State<Api>, Who(ctx): Who, InStudy(id): InStudy) -> Answer<StudyView> {
    Ok(Json(api.coup.study(&ctx, id).await?))
}

#[utoipa::path(
    put, path = "/studies/{id}", operation_id = "replaceStudy", tag = "studies", summary = "Edit a study, naming at least its required fields",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    request_body = schema::NewStudy,
    responses((status = 200, description = "the study", body = schema::StudyView)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!(["study:study.update", "study:study.recruit", "study:study.visibility"])))
)]
async fn replace(who: Who, state: State<Api>, at: InStudy, body: Input<StudyEdit>) -> Answer<StudyView> {
    update(Method::PUT, who, state, at, body).await
}

#[utoipa::path(
    patch, path = "/studies/{id}", operation_id = "editStudy", tag = "studies", summary = "Edit some fields of a study",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    request_body = StudyEdit,
    responses((status = 200, description = "the study", body = schema::StudyView)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!(["study:study.update", "study:study.recruit", "study:study.visibility"])))
)]
async fn edit(who: Who, state: State<Api>, at: InStudy, body: Input<StudyEdit>) -> Answer<StudyView> {
    update(Method::PATCH, who, state, at, body).await
}

async fn update(
    method: Method,
    Who(ctx): Who,
    State(api): State<Api>,
    InStudy(id): InStudy,
    Input(body): Input<StudyEdit>,
) -> Answer<StudyView> {
    if method == Method::PUT {
        body.whole()?;
    }
    let command = StudyFields::from(body).edit(id)?;
    Ok(Json(api.coup.run(&ctx, command).await?))
}

#[utoipa::path(
    delete, path = "/studies/{id}", operation_id = "deleteStudy", tag = "studies", summary = "Delete a study with all that is in it",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    responses((status = 204, description = "gone")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:study.delete")))
)]
async fn delete(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(id): InStudy,
    _nothing: Nothing,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, DeleteStudy(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/studies/{id}/close", operation_id = "closeStudy", tag = "studies", summary = "Close a study: readable, not writable",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    responses((status = 200, description = "the study", body = schema::StudyView)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:study.close")))
)]
async fn close(State(api): State<Api>, Who(ctx): Who, InStudy(id): InStudy, _nothing: Nothing) -> Answer<StudyView> {
    Ok(Json(api.coup.run(&ctx, CloseStudy(id)).await?))
}

#[utoipa::path(
    post, path = "/studies/{id}/reopen", operation_id = "reopenStudy", tag = "studies", summary = "Open a closed study again",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    responses((status = 200, description = "the study", body = schema::StudyView)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:study.close")))
)]
async fn reopen(State(api): State<Api>, Who(ctx): Who, InStudy(id): InStudy, _nothing: Nothing) -> Answer<StudyView> {
    Ok(Json(api.coup.run(&ctx, ReopenStudy(id)).await?))
}

#[utoipa::path(
    get, path = "/my-studies", operation_id = "listOwnStudies", tag = "studies", summary = "One's own studies with unread counts, latest activity first",
    params(PageQuery),
    responses((status = 200, description = "a page", body = schema::OwnStudyList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:study.browse")))
)]
async fn own(State(api): State<Api>, Who(ctx): Who, Asked(query): Asked<PageQuery>) -> Answer<Page<OwnStudyBody>> {
    let (_, page) = api.coup.own_studies(&ctx, query.cursor(), query.limit()?).await?;
    Ok(Json(page.map(OwnStudyBody::from)))
}
