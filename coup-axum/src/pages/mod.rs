//! The pages: server-rendered, readable and usable without script, in Korean and English, light and dark.
//!
//! A page is a template in `templates/` with a view struct of plain values here; a handler fills it. Every view has a
//! [`Frame`], which knows where the pages are mounted and says every word. Nothing of a page's text stands in code or
//! templates: it is in `locales/`. A page is composed of the components in `templates/ui.html`; `/components` shows them.

mod asset;
pub mod chat;
mod components;
mod confirm;
mod flash;
mod form;
mod frame;
mod handlers;
mod house;
pub mod identity;
#[cfg(feature = "identity")]
pub(crate) mod landing;
pub mod member;
pub mod moderation;
mod moment;
pub mod notification;
pub mod personal;
pub mod picture;
mod preference;
mod problem;
mod program;
#[cfg(feature = "identity")]
pub mod second_factor;
pub mod study;
mod tab;
mod text;
pub mod user;
mod visit;

#[cfg(test)]
mod catalogue_tests;
#[cfg(test)]
mod colour_tests;

use axum::Router;
use axum::routing::{get, post};

pub use asset::CONTENT_SECURITY_POLICY;
pub use components::ComponentsPage;
pub use confirm::{Confirm, ConfirmPage};
pub use flash::Flash;
pub use form::{Choice, FieldError, Form};
pub use frame::{Frame, Guard, Mount, Person, Place};
pub use house::{Accounts, PagesOptions, page_paths, pages};
pub use preference::{Preferences, Theme, is_local};
pub use problem::ProblemPage;
pub use tab::Tab;
pub use text::{Key, Locale};

/// What pages need besides themselves: static files (`/assets/…`), the choice of language and theme (`/preferences`),
/// and the style guide (`/components`).
pub fn assets(mount: Mount) -> Router {
    Router::new()
        .route("/assets/{version}/{*file}", get(asset::serve))
        .route("/preferences", post(preference::choose))
        .route("/components", get(components::show))
        .with_state(mount)
}
