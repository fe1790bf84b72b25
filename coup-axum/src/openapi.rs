//! The API document: what stands around the operations, and what all operations have.

use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    Required, ResponseBuilder, Schema, Type,
    path::{Operation, ParameterBuilder, ParameterIn, PathItem},
    security::SecurityScheme,
    server::ServerBuilder,
    tag::TagBuilder,
};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::{idempotency, problem::MEDIA_TYPE};

/// The security scheme's name in the document.
pub(crate) const SIGNED_IN: &str = "signedIn";

/// Operations of whose answer nothing is kept: a ticket and the way to a provider are told once, that somebody writes is not written down,
/// and whose account is deleted asks nothing again.
const UNKEYED: &[&str] = &[
    "openTicket",
    "typing",
    "linkIdentity",
    "setAvatar",
    "deleteMe",
    "beginSecondFactor",
    "confirmSecondFactor",
    "newRecoveryCodes",
];

/// A document without operations.
pub(crate) fn blank() -> OpenApi {
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0").build();
    let info = InfoBuilder::new()
        .title("CoUp")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Study groups: found them, join them, talk in them. Times are RFC 3339 in UTC, identifiers opaque strings. A list \
             answers `items` and `nextCursor`; give that back as `cursor` for the next page. Errors are problem details \
             (RFC 9457) in Korean or English by `Accept-Language`. `x-permission` names what each operation asks of the \
             policy: one permission, several of which the case needs one or more, or `none`.",
        ))
        .license(Some(license))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url(".").description(Some("where this document is")).build()]))
        .build()
}

/// Completes a document: tags, the way to sign in, and the problems that every operation may answer.
pub(crate) fn complete(document: &mut OpenApi, tags: &[(&str, &str)], security: Option<SecurityScheme>) {
    let tags =
        tags.iter().map(|(name, description)| TagBuilder::new().name(*name).description(Some(*description)).build());
    document.tags.get_or_insert_default().extend(tags);
    let components = document.components.take().unwrap_or_default();
    let mut builder = ComponentsBuilder::from(components).schema_from::<crate::api::schema::Problem>();
    if let Some(scheme) = security {
        builder = builder.security_scheme(SIGNED_IN, scheme);
    }
    let mut components = builder.build();
    components.schemas.values_mut().for_each(without_null_defaults);
    document.components = Some(components);
    for item in document.paths.paths.values_mut() {
        let PathItem { put, post, delete, patch, .. } = &mut *item;
        for operation in [put, post, delete, patch].into_iter().flatten() {
            repeatable(operation);
        }
        for operation in operations_mut(item) {
            refusals(operation);
        }
    }
}

/// The derive says that what may be absent is `null` by default, also where `null` is refused.
fn without_null_defaults(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(object)) = schema else { return };
    if object.default == Some(serde_json::Value::Null) {
        object.default = None;
    }
    object.properties.values_mut().for_each(without_null_defaults);
}

/// The header that makes a repetition of a writing operation harmless. Keys belong to a person.
fn repeatable(operation: &mut Operation) {
    let permission = operation.extensions.as_ref().and_then(|extensions| extensions.get("x-permission"));
    // What asks no permission makes or ends a session: afterwards nobody knows whose key it was.
    let nobodys = permission.is_none_or(|permission| permission == "none");
    if nobodys || operation.operation_id.as_deref().is_some_and(|id| UNKEYED.contains(&id)) {
        return;
    }
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255)).build();
    let key = ParameterBuilder::new()
        .name(idempotency::HEADER)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Your own name for this request, such as a UUID. The same request with the same key is answered the same again \
             for 24 hours, and done once; another request with it is refused (409).",
        ))
        .schema(Some(text))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(key));
}

/// The statuses of refusals that follow from what an operation takes.
fn refusals(operation: &mut Operation) {
    let signed_in = operation.security.is_some();
    let takes = operation.request_body.is_some() || operation.parameters.as_ref().is_some_and(|list| !list.is_empty());
    let body = operation.request_body.is_some();
    let possible = [
        (signed_in, "401", "not signed in"),
        (signed_in, "403", "not allowed, or a browser's request from another site"),
        (body, "413", "the body is too large"),
        (body, "415", "the body is not JSON"),
        (takes, "422", "the input is wrong; `errors` names the fields"),
        (true, "default", "any other problem"),
    ];
    for (happens, status, description) in possible {
        if happens {
            operation.responses.responses.entry(status.to_owned()).or_insert_with(|| problem(description));
        }
    }
}

fn problem(description: &str) -> RefOr<utoipa::openapi::Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    RefOr::T(ResponseBuilder::new().description(description).content(MEDIA_TYPE, content).build())
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

/// Adds an area's routes to router and document at once.
pub(crate) fn with<S: Clone + Send + Sync + 'static, const N: usize>(
    router: OpenApiRouter<S>,
    routes: [UtoipaMethodRouter<S>; N],
) -> OpenApiRouter<S> {
    routes.into_iter().fold(router, OpenApiRouter::routes)
}
