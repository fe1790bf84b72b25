//! Browsing studies: filters and order stand in the address, named as in the API, and stay while paging.

use askama::Template;
use askama_web::WebTemplate;

use super::{StudyCard, category};
use crate::pages::form::{Choice, Form};
use crate::pages::frame::{Frame, Place};
use crate::pages::text::Key;

/// The order of studies. Each has one direction: what is newest, largest, best comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The newest first.
    #[default]
    Created,
    /// The largest first.
    Members,
    /// The best rated first.
    Rating,
}

impl Sort {
    /// Every order, as they are offered.
    pub const ALL: [Self; 3] = [Self::Created, Self::Members, Self::Rating];

    /// The value of `sortBy`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Created => "createdAt",
            Self::Members => "memberCount",
            Self::Rating => "rating",
        }
    }

    /// The words.
    pub fn label(self) -> Key {
        match self {
            Self::Created => Key("sort-created"),
            Self::Members => Key("sort-members"),
            Self::Rating => Key("sort-rating"),
        }
    }
}

/// The names of the filters, as in the API.
const FILTERS: [&str; 8] =
    ["query", "category", "isRecruiting", "subCategory", "tag", "minMembers", "maxMembers", "minRating"];
/// Those that are folded away.
const MORE: [&str; 5] = ["subCategory", "tag", "minMembers", "maxMembers", "minRating"];

/// The query of `/studies`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// The fields as they were asked for, with what is wrong about them.
    pub form: Form,
}

impl Filters {
    /// The filters of an address's query.
    pub fn parse(query: &str) -> Self {
        Self { form: Form::parse(query.as_bytes()) }
    }

    /// The order; the newest first when the address names none that we know.
    pub fn sort(&self) -> Sort {
        let asked = self.form.value("sortBy");
        Sort::ALL.into_iter().find(|sort| sort.code() == asked).unwrap_or_default()
    }

    /// Whether the order was chosen.
    pub fn is_sorted(&self) -> bool {
        self.sort() != Sort::default()
    }

    /// Whether any filter is set.
    pub fn is_used(&self) -> bool {
        FILTERS.iter().any(|name| !self.form.value(name).is_empty())
    }

    /// Whether one of the folded filters is set.
    pub fn uses_more(&self) -> bool {
        MORE.iter().any(|name| !self.form.value(name).is_empty() || self.form.error(name).is_some())
    }

    /// The address of the same list from its beginning.
    pub fn first(&self, frame: &Frame) -> String {
        self.address(frame, |_| true, self.sort(), None)
    }

    /// The address of the page at a cursor.
    pub fn at(&self, frame: &Frame, cursor: &str) -> String {
        self.address(frame, |_| true, self.sort(), Some(cursor))
    }

    /// What is set, each with the address without it.
    pub fn chips(&self, frame: &Frame) -> Vec<Chip> {
        let set = FILTERS.iter().filter(|name| !self.form.value(name).is_empty());
        set.map(|name| Chip {
            text: self.words(name, frame),
            href: self.address(frame, |other| other != *name, self.sort(), None),
        })
        .collect()
    }

    fn words(&self, name: &str, frame: &Frame) -> String {
        let value = self.form.value(name);
        match name {
            "category" => frame.category(value),
            "tag" => format!("#{value}"),
            "isRecruiting" if self.form.checked(name) => frame.t("state-recruiting"),
            "isRecruiting" => frame.t("state-not-recruiting"),
            "minMembers" => frame.ts("chip-min-members", value),
            "maxMembers" => frame.ts("chip-max-members", value),
            "minRating" => frame.ts("chip-min-rating", value),
            _ => value.to_owned(),
        }
    }

    fn address(&self, frame: &Frame, keep: impl Fn(&str) -> bool, sort: Sort, cursor: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in FILTERS.into_iter().filter(|name| keep(name)) {
            let value = self.form.value(name);
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if sort != Sort::default() {
            query.append_pair("sortBy", sort.code());
        }
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        let query = query.finish();
        frame.href(if query.is_empty() { "/studies".to_owned() } else { format!("/studies?{query}") })
    }
}

/// A filter that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// What it asks for.
    pub text: String,
    /// The address without it.
    pub href: String,
}

/// `GET /studies`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "study/browse.html")]
pub struct BrowsePage {
    /// What is around it.
    pub frame: Frame,
    /// The query.
    pub filters: Filters,
    /// The filters that are set.
    pub chips: Vec<Chip>,
    /// The choices of `category`.
    pub categories: Vec<Choice>,
    /// The choices of `isRecruiting`.
    pub recruiting: Vec<Choice>,
    /// The choices of `minRating`.
    pub ratings: Vec<Choice>,
    /// The page of studies.
    pub studies: Vec<StudyCard>,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl BrowsePage {
    /// The page for a query and what was found. `next_cursor` is the list's own.
    pub fn new(mut frame: Frame, filters: Filters, studies: Vec<StudyCard>, next_cursor: Option<&str>) -> Self {
        frame.place = Place::Studies;
        filters.form.value("query").clone_into(&mut frame.query);
        let mut categories = category::choices(category::CATEGORIES, Some(Key("filter-any")), &frame);
        let asked = filters.form.value("category");
        if !categories.iter().any(|choice| choice.value == asked) {
            categories.push(Choice::new(asked, asked));
        }
        let recruiting = vec![
            Choice::new("", frame.t("filter-any")),
            Choice::new("true", frame.t("state-recruiting")),
            Choice::new("false", frame.t("state-not-recruiting")),
        ];
        let stars = |stars: u8| Choice::new(stars.to_string(), frame.tn("filter-stars", stars));
        let ratings = vec![Choice::new("", frame.t("filter-any")), stars(3), stars(4), stars(5)];
        Self {
            chips: filters.chips(&frame),
            first: (!filters.form.value("cursor").is_empty()).then(|| filters.first(&frame)),
            next: next_cursor.map(|cursor| filters.at(&frame, cursor)),
            frame,
            filters,
            categories,
            recruiting,
            ratings,
            studies,
        }
    }

    fn sorted(&self, sort: Sort) -> String {
        self.filters.address(&self.frame, |_| true, sort, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Locale;
    use crate::pages::frame::tests::frame;

    #[test]
    fn filters_stay_in_the_address_while_paging_and_sorting() {
        let frame = frame(Locale::En);
        let filters = Filters::parse("query=%EB%A6%AC%EC%95%A1%ED%8A%B8&tag=a%26b&sortBy=rating&cursor=old&other=1");
        assert_eq!(
            filters.at(&frame, "new=="),
            "/coup/studies?query=%EB%A6%AC%EC%95%A1%ED%8A%B8&tag=a%26b&sortBy=rating&cursor=new%3D%3D"
        );
        assert_eq!(filters.first(&frame), "/coup/studies?query=%EB%A6%AC%EC%95%A1%ED%8A%B8&tag=a%26b&sortBy=rating");
    }

    #[test]
    fn a_chip_leads_to_the_list_without_its_filter() {
        let frame = frame(Locale::En);
        let filters = Filters::parse("category=language&isRecruiting=true&minMembers=3");
        let chips = filters.chips(&frame);
        assert_eq!(chips.len(), 3);
        assert_eq!(chips[0].href, "/coup/studies?isRecruiting=true&minMembers=3");
        assert_eq!(chips[1].text, "Recruiting");
        assert!(Filters::parse("sortBy=rating").chips(&frame).is_empty());
        assert_eq!(Filters::parse("sortBy=nonsense").first(&frame), "/coup/studies");
    }
}
