//! The style guide: every component on one page.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::DateTime;
use chrono_tz::Tz;

use super::confirm::Confirm;
use super::form::{Choice, Form};
use super::frame::{Frame, Mount, Person};
use super::preference::Preferences;
use super::study::{StudyCard, StudyState, category};
use super::tab::Tab;
use super::text::Key;

/// `GET /components`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "components.html")]
pub struct ComponentsPage {
    /// What is around it.
    pub frame: Frame,
    form: Form,
    choices: Vec<Choice>,
    people: Vec<Person>,
    studies: Vec<StudyCard>,
    tabs: Vec<Tab>,
    confirm: Confirm,
}

impl ComponentsPage {
    const COLOURS: [&str; 11] =
        ["canvas", "surface", "sunken", "line", "text", "text-muted", "accent", "accent-soft", "green", "amber", "red"];
    const SIZES: [&str; 6] = ["2xl", "xl", "l", "m", "s", "xs"];

    /// The page, in the frame's language.
    pub fn new(frame: Frame) -> Self {
        let names = ["components-person-1", "components-person-2", "components-person-3", "components-person-4"];
        let people = names.into_iter().map(|key| Person { id: key.to_owned(), name: Some(frame.t(key)), avatar: None });
        let study = |state: StudyState, emoji: &str, rating: Option<f64>| StudyCard {
            id: "1".to_owned(),
            name: frame.t("study-name-example"),
            emoji: emoji.to_owned(),
            description: frame.t("components-sample"),
            category: "programming".to_owned(),
            sub_category: None,
            tags: vec![frame.t("category-programming"), frame.t("category-career")],
            members: 12,
            capacity: 20,
            rating,
            reviews: 3,
            state,
            mine: false,
        };
        let tab = |key: Key, count: Option<u64>, current: bool| Tab {
            label: frame.t(key),
            href: "#".to_owned(),
            count,
            loud: !current,
            current,
        };
        Self {
            form: Form::of([("name", "a"), ("isPublic", "true"), ("category", "reading")])
                .with_error("name", frame.t("components-error")),
            choices: category::choices(category::CATEGORIES, None, &frame),
            people: people.collect(),
            studies: vec![
                study(StudyState::Recruiting, "🦀", Some(4.6)),
                study(StudyState::Full, "📚", None),
                study(StudyState::Closed, "🎨", Some(3.0)),
            ],
            tabs: vec![tab(Key("members-tab"), Some(12), true), tab(Key("nav-requests"), Some(3), false)],
            confirm: Confirm {
                title: frame.t("delete-title"),
                text: frame.t("delete-hint"),
                points: vec![frame.t("components-sample")],
                action: "/components".to_owned(),
                fields: Vec::new(),
                reason: None,
                button: frame.t("delete-title"),
                cancel: "/components".to_owned(),
                danger: true,
            },
            frame,
        }
    }
}

/// `GET /components`.
pub(super) async fn show(State(mount): State<Mount>, preferences: Preferences) -> impl IntoResponse {
    // The style guide shows no time, so it needs no clock.
    let frame = Frame::new(&mount, preferences, "/components", Tz::Asia__Seoul, DateTime::UNIX_EPOCH);
    ComponentsPage::new(frame)
}
