//! What every page has around it: language, theme, place, person, and the words for all of them.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use fluent_templates::fluent_bundle::FluentValue;

use super::asset;
use super::flash::Flash;
use super::moderation::AdminNav;
use super::moment::Moment;
use super::preference::{Preferences, Theme};
use super::study::category;
use super::study::nav::StudyNav;
use super::text::{Count, Key, Locale, grouped, message};

/// Where the pages and the API are mounted, without a trailing slash; empty for the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mount {
    /// The prefix of the pages.
    pub base: String,
    /// The prefix of the API that the pages' modules call.
    pub api: String,
}

/// The part of the pages outside a study in which the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// Browsing studies.
    Studies,
    /// The reader's own studies.
    MyStudies,
    /// The reader's profile.
    Me,
    /// What the reader was told.
    Notifications,
    /// None of these.
    #[default]
    Elsewhere,
}

impl Place {
    /// Its name in the templates.
    pub(in crate::pages) fn code(self) -> &'static str {
        match self {
            Self::Studies => "studies",
            Self::MyStudies => "my-studies",
            Self::Me => "me",
            Self::Notifications => "notifications",
            Self::Elsewhere => "",
        }
    }
}

/// What an administrator is told of the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guard {
    /// Nothing.
    #[default]
    Fine,
    /// They have none, and administer once they have: a note on every page leads to `/me/second-factor`.
    Missing,
    /// The settings ask nobody for one: a note on the pages of the administration says so.
    Off,
}

/// Somebody who is shown: the reader, a member, an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their identifier.
    pub id: String,
    /// Their name; absent for an account that was deleted.
    pub name: Option<String>,
    /// The address of their picture.
    pub avatar: Option<String>,
}

impl Person {
    /// Their name, or the words for somebody who is gone.
    pub fn shown(&self, frame: &Frame) -> String {
        self.name.clone().unwrap_or_else(|| frame.t("person-gone"))
    }

    /// The letter that stands for a missing picture.
    pub fn initial(&self) -> String {
        let first = self.name.as_deref().and_then(|name| name.chars().find(|letter| letter.is_alphanumeric()));
        first.map_or_else(|| "·".to_owned(), |letter| letter.to_uppercase().collect())
    }

    /// One of six tones, always the same for the same person.
    pub fn tone(&self) -> u8 {
        let sum = self.id.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        (sum % 6).to_le_bytes()[0]
    }
}

/// What surrounds a page, and says its words.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language.
    pub locale: Locale,
    /// The theme.
    pub theme: Theme,
    /// The name of the site; CoUp's own where it is absent.
    pub brand: Option<String>,
    /// The prefix of the pages, without a trailing slash.
    pub base: String,
    /// The prefix of the API, without a trailing slash.
    pub api: String,
    /// Whether the API streams what happens.
    pub live: bool,
    /// This page's own address with its query, to which a change of theme or language leads back.
    pub path: String,
    /// Who reads; `None` when nobody is signed in.
    pub person: Option<Person>,
    /// How many notifications the reader has not read, up to a hundred.
    pub unread: u64,
    /// The message of what was just done.
    pub flash: Option<Flash>,
    /// The part of the pages.
    pub place: Place,
    /// The study whose side bar is shown.
    pub study: Option<StudyNav>,
    /// The administration whose side bar is shown.
    pub admin: Option<AdminNav>,
    /// Whether the reader is an administrator, and is shown the way there.
    pub administers: bool,
    /// What they are told of the second factor.
    pub guard: Guard,
    /// What was searched for, which stays in the search field.
    pub query: String,
    /// The time zone of every date on the page.
    pub zone: Tz,
    /// The time of the request.
    pub now: DateTime<Utc>,
}

impl Frame {
    /// Whether a note leads the reader to setting up a second factor.
    pub fn lacks_second_factor(&self) -> bool {
        self.guard == Guard::Missing
    }

    /// Whether a note says that nobody is asked for one.
    pub fn asks_no_second_factor(&self) -> bool {
        self.guard == Guard::Off && self.admin.is_some()
    }

    /// A frame for a page at `path` (below the mount's base), with nobody signed in.
    pub fn new(mount: &Mount, preferences: Preferences, path: &str, zone: Tz, now: DateTime<Utc>) -> Self {
        Self {
            locale: preferences.locale,
            theme: preferences.theme,
            brand: None,
            base: mount.base.clone(),
            api: mount.api.clone(),
            live: false,
            path: format!("{}{path}", mount.base),
            person: None,
            unread: 0,
            flash: None,
            place: Place::default(),
            study: None,
            admin: None,
            administers: false,
            guard: Guard::default(),
            query: String::new(),
            zone,
            now,
        }
    }

    /// The name of the site.
    pub fn brand(&self) -> String {
        self.brand.clone().unwrap_or_else(|| self.t("brand"))
    }

    /// The address of a page.
    pub fn href(&self, path: impl AsRef<str>) -> String {
        format!("{}{}", self.base, path.as_ref())
    }

    /// The address of a static file, with the version of all of them in it.
    pub fn asset(&self, file: &str) -> String {
        format!("{}/assets/{}/{file}", self.base, asset::version())
    }

    /// The themes to choose from.
    pub fn themes(&self) -> [Theme; 3] {
        Theme::ALL
    }

    /// The languages to choose from.
    pub fn locales(&self) -> [Locale; 2] {
        Locale::ALL
    }

    /// Why a study may not be seen any more while its page is open: codes of cuts, with the keys of a title and a text.
    #[expect(clippy::unused_self, reason = "templates ask the frame")]
    pub(in crate::pages) fn cuts(&self) -> [(&'static str, Key, Key); 4] {
        [
            ("kicked", Key("cut-kicked-title"), Key("cut-kicked-text")),
            ("left", Key("cut-left-title"), Key("cut-left-text")),
            ("study_deleted", Key("cut-deleted-title"), Key("cut-deleted-text")),
            ("sanctioned", Key("cut-sanctioned-title"), Key("cut-sanctioned-text")),
        ]
    }

    /// A message.
    pub fn t(&self, key: impl Into<Key>) -> String {
        message(self.locale, key, &[])
    }

    /// A message about a number, its `$count`.
    pub fn tn(&self, key: impl Into<Key>, count: impl Count) -> String {
        message(self.locale, key, &[("count", FluentValue::from(count.count()))])
    }

    /// A message about a number out of another, its `$count` and `$limit`.
    pub fn tn2(&self, key: impl Into<Key>, count: impl Count, limit: impl Count) -> String {
        let arguments = [("count", FluentValue::from(count.count())), ("limit", FluentValue::from(limit.count()))];
        message(self.locale, key, &arguments)
    }

    /// A message about a piece of text, its `$name`.
    pub fn ts(&self, key: impl Into<Key>, name: impl AsRef<str>) -> String {
        message(self.locale, key, &[("name", FluentValue::from(name.as_ref()))])
    }

    /// A number.
    pub fn number(&self, number: impl Count) -> String {
        grouped(&number.count().to_string())
    }

    /// A number for a small round mark: `99+` from a hundred on.
    pub fn capped(&self, number: impl Count) -> String {
        let number = number.count();
        if number > 99 { "99+".to_owned() } else { number.to_string() }
    }

    /// A rating with one decimal.
    pub fn rating(&self, rating: &f64) -> String {
        format!("{rating:.1}")
    }

    /// The name of a category: a message for the ones that the pages offer, as it is for any other.
    pub fn category(&self, code: impl AsRef<str>) -> String {
        category::named(category::CATEGORIES, code.as_ref(), self)
    }

    /// The words for a level, in the same way.
    pub fn level(&self, code: impl AsRef<str>) -> String {
        category::named(category::LEVELS, code.as_ref(), self)
    }

    /// The date.
    pub fn date(&self, at: impl Instant) -> String {
        self.moment(at).date()
    }

    /// The date with its weekday.
    pub fn day(&self, at: impl Instant) -> String {
        self.moment(at).day()
    }

    /// The time of day.
    pub fn time(&self, at: impl Instant) -> String {
        self.moment(at).time()
    }

    /// The date and the time of day.
    pub fn date_time(&self, at: impl Instant) -> String {
        self.moment(at).date_time()
    }

    /// How long ago, or the date of what is older than a week.
    pub fn ago(&self, at: impl Instant) -> String {
        self.moment(at).ago(self.now)
    }

    /// How long it is until then.
    pub fn left(&self, at: impl Instant) -> String {
        self.moment(at).left(self.now)
    }

    /// The instant as machines read it.
    pub fn machine(&self, at: impl Instant) -> String {
        self.moment(at).machine()
    }

    /// The day in the page's zone as machines read it.
    pub fn day_code(&self, at: impl Instant) -> String {
        self.moment(at).day_code()
    }

    fn moment(&self, at: impl Instant) -> Moment {
        Moment { locale: self.locale, zone: self.zone, at: at.instant() }
    }
}

/// An instant, by value or by reference, as templates pass both.
pub trait Instant {
    /// The instant.
    fn instant(self) -> DateTime<Utc>;
}

impl Instant for DateTime<Utc> {
    fn instant(self) -> DateTime<Utc> {
        self
    }
}

impl<I: Instant + Copy> Instant for &I {
    fn instant(self) -> DateTime<Utc> {
        (*self).instant()
    }
}

#[cfg(test)]
pub(in crate::pages) mod tests {
    use super::*;

    /// A frame to test with, mounted at `/coup`.
    pub(in crate::pages) fn frame(locale: Locale) -> Frame {
        let mount = Mount { base: "/coup".to_owned(), api: "/api".to_owned() };
        let preferences = Preferences { locale, theme: Theme::System };
        Frame::new(&mount, preferences, "/studies", Tz::Asia__Seoul, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_missing_picture_is_a_letter_of_the_name() {
        let person = |name: &str| Person { id: "1".to_owned(), name: Some(name.to_owned()), avatar: None };
        assert_eq!(person("김민준").initial(), "김");
        assert_eq!(person("(emma)").initial(), "E");
        assert_eq!(Person { name: None, ..person("") }.initial(), "·");
    }
}
