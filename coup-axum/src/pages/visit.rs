//! One request for a page: who reads, in which language, from where; and the ways to answer it.

use std::convert::Infallible;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use coup_core::{
    coup::{Caller, Ctx, StudyFile},
    error::{Error, Invalid, StateError},
    idempotency::Idempotency,
    study::outlook::Inside,
    user::{model, service::Me},
};

#[cfg(feature = "identity")]
use coup_core::{
    store::Credential,
    user::session::{SessionToken, SignedIn},
};

use super::{
    flash::Flash,
    form::Form,
    frame::{Frame, Guard, Mount, Person, Place},
    house::{Accounts, House},
    preference::{Preferences, is_local},
    study::nav::{StudyNav, StudyTab},
    text::Locale,
};
use crate::problem::{Language, Problem};

/// What a handler answers.
pub(in crate::pages) type Answer = Result<Response, Problem>;

/// The field of a form's key.
const KEY: &str = "key";

pub(in crate::pages) const FLASH_COOKIE: &str = "coup_flash";

/// The code of what went wrong before the redirect that leads here.
pub(in crate::pages) const TROUBLE_COOKIE: &str = "coup_trouble";

/// A request for a page.
#[derive(Clone)]
pub(in crate::pages) struct Visit {
    pub(in crate::pages) house: House,
    pub(in crate::pages) ctx: Ctx,
    pub(in crate::pages) preferences: Preferences,
    /// Path and query below the mount's base.
    pub(in crate::pages) path: String,
    pub(in crate::pages) flash: Option<Flash>,
    /// What went wrong on the way here: pages that may be led to so say it.
    pub(in crate::pages) trouble: Option<String>,
    /// How many notifications wait for who reads.
    pub(in crate::pages) unread: u32,
}

impl FromRequestParts<House> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Infallible> {
        let mut visit = Self::bare(parts, house).await;
        // What is posted leads on to a page, and lines alone have no bars. A page is shown without the mark where it cannot be had.
        if parts.method == Method::GET && visit.query().value("part") != "lines" {
            visit.unread = house.coup.unread_mark(&visit.ctx).await.unwrap_or_default();
        }
        Ok(visit)
    }
}

impl Visit {
    /// The request without what waits for who reads.
    pub(in crate::pages) async fn bare(parts: &mut Parts, house: &House) -> Self {
        let Ok(preferences) = Preferences::from_request_parts(parts, house).await;
        let jar = CookieJar::from_headers(&parts.headers);
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Self {
            house: house.clone(),
            ctx: parts.extensions.get::<Ctx>().cloned().unwrap_or_default(),
            preferences,
            path,
            flash: jar.get(FLASH_COOKIE).and_then(|cookie| Flash::of_code(cookie.value())),
            trouble: jar.get(TROUBLE_COOKIE).map(|cookie| cookie.value().to_owned()),
            unread: 0,
        }
    }

    /// Whether the address has a query, be it an empty one.
    pub(in crate::pages) fn asks(&self) -> bool {
        self.path.contains('?')
    }

    /// The query's parameters.
    pub(in crate::pages) fn query(&self) -> Form {
        Form::parse(self.path.split_once('?').map_or("", |(_, query)| query).as_bytes())
    }

    /// The address of the list's beginning, on later pages, and of the next page.
    pub(in crate::pages) fn pages(&self, frame: &Frame, next: Option<&str>) -> (Option<String>, Option<String>) {
        let path = self.path.split('?').next().unwrap_or_default();
        let first = (!self.query().value("cursor").is_empty()).then(|| frame.href(path));
        (first, next.map(|cursor| frame.href(format!("{path}?cursor={}", encoded(cursor)))))
    }

    pub(in crate::pages) fn frame(&self, person: Option<Person>) -> Frame {
        let options = &self.house.options;
        let settings = self.house.coup.settings();
        let zone = settings.time_zone;
        let mut frame = Frame::new(&options.mount, self.preferences, &self.path, zone, self.house.coup.now());
        let named = settings.site_name.as_ref().map(ToString::to_string);
        frame.brand = named.or_else(|| options.site_name.clone());
        frame.live = options.live;
        frame.person = person;
        frame.unread = self.unread.into();
        frame.flash = self.flash;
        frame
    }

    /// The frame of a page outside a study, for somebody signed in.
    pub(in crate::pages) async fn signed_in(&self, place: Place) -> Result<(Frame, Me), Error> {
        let me = self.house.coup.me(&self.ctx).await?;
        Ok((self.of(&me, place), me))
    }

    /// The same for somebody who is known already.
    pub(in crate::pages) fn of(&self, me: &Me, place: Place) -> Frame {
        let mut frame = self.frame(Some(Person::from(me)));
        frame.place = place;
        frame.administers = me.admin_role.is_some();
        frame.guard = self.guard(frame.administers, me.second_factor_required);
        frame
    }

    /// The frame of a page about a study that is not within it.
    pub(in crate::pages) fn beside(&self, file: &StudyFile) -> Frame {
        let mut frame = self.outside(&file.caller, Place::Elsewhere);
        frame.zone = file.study.time_zone;
        frame
    }

    /// The frame of a page outside a study, for a caller who is known already.
    pub(in crate::pages) fn outside(&self, caller: &Caller, place: Place) -> Frame {
        let mut frame = self.frame(Some(caller.person().into()));
        frame.place = place;
        frame.administers = caller.actor.admin.is_some();
        frame.guard = self.guard(frame.administers, caller.withheld.is_some());
        frame
    }

    /// Who asks from now on, with a session that began just now.
    #[cfg(feature = "identity")]
    pub(in crate::pages) fn by(&self, signed_in: &SignedIn) -> Ctx {
        let hash = SessionToken::hash(signed_in.token.expose());
        Ctx { credential: Some(Credential::Session(hash)), ..self.ctx.clone() }
    }

    /// What an administrator is told of the second factor.
    fn guard(&self, administers: bool, is_missing: bool) -> Guard {
        match (&self.house.options.accounts, administers, is_missing) {
            (_, _, true) => Guard::Missing,
            #[cfg(feature = "identity")]
            (Accounts::Own(_), true, _) if !self.house.coup.settings().require_admin_second_factor => Guard::Off,
            _ => Guard::Fine,
        }
    }

    /// The frame of a page within a study.
    pub(in crate::pages) fn inside(&self, Inside { file, unread, requests, .. }: &Inside, tab: StudyTab) -> Frame {
        use coup_core::policy::StudyPermission::StudyUpdate;
        let mut frame = self.beside(file);
        frame.place = Place::MyStudies;
        frame.study = Some(StudyNav {
            id: file.study.id.to_string(),
            name: file.study.name.to_string(),
            emoji: file.study.emoji.to_string(),
            tab,
            unread: (*unread).into(),
            requests: requests.map(u64::from),
            may_manage: file.may(StudyUpdate),
        });
        frame
    }

    pub(in crate::pages) fn language(&self) -> Language {
        match self.preferences.locale {
            Locale::Ko => Language::Ko,
            Locale::En => Language::En,
        }
    }

    /// What stands in the way, in the reader's words.
    pub(in crate::pages) fn words(&self, problem: &Problem) -> String {
        problem.words(self.language(), self.house.options.wording.as_deref())
    }

    /// The form with what was wrong at its fields, or with what stands in the way of the whole; the problem itself where a
    /// form cannot help.
    pub(in crate::pages) fn refused(&self, form: Form, error: Error) -> Result<(StatusCode, Form), Problem> {
        let about_a_form = matches!(
            error,
            Error::Invalid(_)
                | Error::State(_)
                | Error::Reported(_)
                | Error::WrongCredentials
                | Error::TooManyAttempts { .. }
                | Error::TooManyCodes(_)
                | Error::SwitchedOff(_)
        );
        let is_sent_already = matches!(error, Error::State(StateError::IdempotencyKeyReused));
        let problem = Problem::from(error);
        if is_sent_already {
            return Ok((problem.status(), form.with_problem(self.frame(None).t("form-sent-already"))));
        }
        if !about_a_form {
            return Err(problem);
        }
        let status = problem.status();
        let mut form = form;
        let fields = problem.fields(self.language(), self.house.options.wording.as_deref());
        if fields.is_empty() {
            return Ok((status, form.with_problem(self.words(&problem))));
        }
        for (field, words) in fields {
            // One line holds all tags.
            let field = field.split('[').next().unwrap_or(field);
            if form.error(field).is_none() {
                form = form.with_error(field, words);
            }
        }
        Ok((status, form))
    }

    /// A form that is to be shown, with a fresh key: whoever sends it twice does it once.
    pub(in crate::pages) fn with_key(&self, form: Form) -> Form {
        form.with(KEY, self.house.coup.fresh_id().to_string())
    }

    /// Who asks, with the key that their form carries: the same form, sent to the same path again, is told its first outcome.
    pub(in crate::pages) fn keyed(&self, form: &Form) -> Ctx {
        let Ok(key) = form.value(KEY).parse() else { return self.ctx.clone() };
        let path = self.path.split('?').next().unwrap_or_default();
        let fields = form.filled().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let request: Vec<&[u8]> = [path.as_bytes()].into_iter().chain(fields).collect();
        Ctx { idempotency: Some(Idempotency::new(key, &request)), ..self.ctx.clone() }
    }

    /// On to a page, which says what was done.
    pub(in crate::pages) fn done(&self, path: &str, flash: Flash) -> Response {
        let cookie = short_cookie(&self.house.options.mount, FLASH_COOKIE, flash.code());
        (CookieJar::new().add(cookie), self.to(path)).into_response()
    }

    /// On to where `next` leads, as [`next`](Self::next) does, with the word of what was done.
    pub(in crate::pages) fn done_at(&self, next: &str, flash: Flash) -> Response {
        let mut cookie = cookie(&self.house.options.mount, FLASH_COOKIE, flash.code());
        cookie.set_max_age(cookie::time::Duration::minutes(1));
        (CookieJar::new().add(cookie), self.next(next)).into_response()
    }

    /// To the page that asks again who reads, and back to `next` from there.
    pub(in crate::pages) fn to_confirm(&self, next: &str) -> Response {
        if is_local(next) { self.to(&format!("/confirm?next={}", encoded(next))) } else { self.to("/confirm") }
    }

    /// On to a page.
    pub(in crate::pages) fn to(&self, path: &str) -> Response {
        Redirect::to(&format!("{}{path}", self.house.options.mount.base)).into_response()
    }

    /// To the page of signing in, and back to `path` from there.
    pub(in crate::pages) fn to_sign_in(&self, path: &str) -> Response {
        if path.is_empty() || path == "/" {
            return self.to("/sign-in");
        }
        let next = format!("{}{path}", self.house.options.mount.base);
        self.to(&format!("/sign-in?next={}", encoded(&next)))
    }

    /// On to where `next` leads, if it is on this site, else to the list of studies.
    pub(in crate::pages) fn next(&self, next: &str) -> Redirect {
        if is_local(next) {
            Redirect::to(next)
        } else {
            Redirect::to(&format!("{}/studies", self.house.options.mount.base))
        }
    }
}

pub(in crate::pages) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn cookie(mount: &Mount, name: &'static str, value: &'static str) -> Cookie<'static> {
    let path = if mount.base.is_empty() { "/".to_owned() } else { mount.base.clone() };
    Cookie::build((name, value)).path(path).http_only(true).same_site(SameSite::Lax).build()
}

/// A cookie that is read at the next page.
pub(in crate::pages) fn short_cookie(mount: &Mount, name: &'static str, value: &'static str) -> Cookie<'static> {
    let mut cookie = cookie(mount, name, value);
    cookie.set_max_age(cookie::time::Duration::minutes(1));
    cookie
}

/// The cookie that takes another away.
pub(in crate::pages) fn gone(mount: &Mount, name: &'static str) -> Cookie<'static> {
    let mut cookie = cookie(mount, name, "");
    cookie.make_removal();
    cookie
}

impl From<model::Person> for Person {
    fn from(person: model::Person) -> Self {
        Self { id: person.id.to_string(), name: person.name, avatar: person.avatar }
    }
}

impl From<&Me> for Person {
    fn from(me: &Me) -> Self {
        Self { id: me.id.to_string(), name: me.name.as_ref().map(ToString::to_string), avatar: me.avatar.clone() }
    }
}

/// A request for something that is no page of its own: nothing is asked for bars that it does not have.
#[cfg(feature = "identity")]
pub(in crate::pages) struct Bare(pub(in crate::pages) Visit);

#[cfg(feature = "identity")]
impl FromRequestParts<House> for Bare {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Infallible> {
        Ok(Self(Visit::bare(parts, house).await))
    }
}

/// A form that was posted.
pub(in crate::pages) struct Posted(pub(in crate::pages) Form);

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let form = is_form(request.headers());
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let status = rejection.status();
            if status == StatusCode::PAYLOAD_TOO_LARGE { Problem::too_large() } else { Problem::broken_body() }
        })?;
        // A form without fields comes without a type.
        if form || body.is_empty() { Ok(Self(Form::parse(&body))) } else { Err(Problem::unsupported_media_type()) }
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// The number in a field, if there is one.
pub(in crate::pages) fn number(form: &Form, field: &str) -> Result<Option<i64>, Invalid> {
    match form.value(field).trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Invalid::field(field, "wrong_type")),
    }
}
