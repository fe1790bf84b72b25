//! Signing in, up and out, and one's own profile.

use axum::response::{IntoResponse as _, Redirect};
use coup_core::{
    error::{Check, Error},
    text::{Bio, PersonName},
    user::{
        service::{Me, UpdateProfile},
        session::SessionView,
    },
};
#[cfg(feature = "identity")]
use {
    axum::{http::StatusCode, response::Response},
    axum_extra::extract::CookieJar,
    coup_core::{
        error::{Invalid, StateError},
        second_factor::entry::Entered,
        user::{
            model::UserStatus,
            service::{SignIn, SignOut, SignUp, SignedIn, SignedUp},
        },
    },
    secrecy::SecretString,
};

#[cfg(feature = "identity")]
use super::{identity, second_factor};
#[cfg(feature = "identity")]
use crate::pages::{
    landing,
    user::{SignInPage, SignUpPage},
};

use crate::{
    pages::{
        flash::Flash,
        form::Form,
        frame::{Person, Place},
        house::Accounts,
        program::named,
        user::{MePage, SessionLine, SignInSettings},
        visit::{Answer, Posted, Visit},
    },
    problem::Problem,
};

/// The house's door: to the studies, or to signing in.
pub(super) async fn door(visit: Visit) -> Answer {
    visit.house.coup.me(&visit.ctx).await?;
    Ok(visit.to("/studies"))
}

/// Whoever is signed in is led on.
async fn led_on(visit: &Visit) -> Result<Option<Redirect>, Error> {
    match visit.house.coup.me(&visit.ctx).await {
        Ok(_) => Ok(Some(visit.next(visit.query().value("next")))),
        // During maintenance administrators sign in, whoever was signed in before.
        Err(Error::NotSignedIn | Error::Maintenance(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) async fn sign_in_page(visit: Visit) -> Answer {
    if let Some(on) = led_on(&visit).await? {
        return Ok(on.into_response());
    }
    let next = visit.query().value("next").to_owned();
    match &visit.house.options.accounts {
        #[cfg(feature = "identity")]
        Accounts::Own(_) => Ok(sign_in_form(&visit, led_here(&visit), next).into_response()),
        Accounts::Host { sign_in, .. } => {
            let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
            let sign = if sign_in.contains('?') { '&' } else { '?' };
            let there = if next.is_empty() { sign_in.clone() } else { format!("{sign_in}{sign}{query}") };
            Ok(Redirect::to(&there).into_response())
        }
    }
}

/// An empty form, with what went wrong with signing in elsewhere.
#[cfg(feature = "identity")]
fn led_here(visit: &Visit) -> Form {
    match trouble(visit) {
        Some(words) => Form::default().with_problem(words),
        None => Form::default(),
    }
}

#[cfg(feature = "identity")]
pub(super) fn trouble(visit: &Visit) -> Option<String> {
    visit.trouble.as_deref().map(|code| visit.words(&landing::trouble(code)))
}

#[cfg(feature = "identity")]
fn sign_in_form(visit: &Visit, form: Form, next: String) -> SignInPage {
    let coup = &visit.house.coup;
    let (letters, verifies) = (coup.sends_letters(), coup.verifies_email());
    SignInPage { frame: visit.frame(None), form, next, letters, verifies, ways: identity::ways(visit) }
}

/// The page of signing in, with what stands in the way of doing so elsewhere.
#[cfg(feature = "identity")]
pub(super) fn sign_in_trouble(visit: &Visit, problem: &Problem, next: String) -> Response {
    let form = Form::default().with_problem(visit.words(problem));
    (problem.status(), sign_in_form(visit, form, next)).into_response()
}

pub(super) async fn sign_up_page(visit: Visit) -> Answer {
    if let Some(on) = led_on(&visit).await? {
        return Ok(on.into_response());
    }
    let next = visit.query().value("next").to_owned();
    match &visit.house.options.accounts {
        #[cfg(feature = "identity")]
        Accounts::Own(_) => Ok(sign_up_form(&visit, Form::default(), next).into_response()),
        Accounts::Host { .. } => Ok(visit.to_sign_in(&next)),
    }
}

#[cfg(feature = "identity")]
fn sign_up_form(visit: &Visit, form: Form, next: String) -> SignUpPage {
    SignUpPage {
        frame: visit.frame(None),
        form,
        next,
        ways: identity::ways(visit),
        min_password: min_password(visit),
        is_open: visit.house.coup.settings().sign_up,
    }
}

/// The shortest password that is taken.
pub(super) fn min_password(visit: &Visit) -> u32 {
    u32::try_from(visit.house.coup.settings().password_min_length).unwrap_or(u32::MAX)
}

#[cfg(feature = "identity")]
pub(super) async fn sign_in(visit: Visit, Posted(form): Posted) -> Answer {
    if !matches!(visit.house.options.accounts, Accounts::Own(_)) {
        return Err(Problem::method_not_allowed());
    }
    let next = form.value("next").to_owned();
    match try_sign_in(&visit, &form).await {
        Ok(Entered::SignedIn(signed_in)) => Ok(welcome(&visit, &signed_in, &next)),
        Ok(Entered::CodeRequired(halfway)) => Ok(second_factor::on_to_code(&visit, &halfway, &next)),
        Ok(Entered::CodeWrong) => Err(Error::from(StateError::CodeWrong).into()),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            Ok((status, sign_in_form(&visit, form, next)).into_response())
        }
    }
}

#[cfg(feature = "identity")]
async fn try_sign_in(visit: &Visit, form: &Form) -> Result<Entered, Error> {
    let mut check = Check::default();
    for field in ["email", "password"] {
        if form.value(field).is_empty() {
            check.take::<()>(Err(Invalid::field(field, "required")));
        }
    }
    check.finish()?;
    let (email, password) = (form.value("email").to_owned(), form.value("password").into());
    let command = SignIn { email, password, code: None };
    visit.house.coup.run(&visit.ctx, command).await
}

#[cfg(feature = "identity")]
pub(super) async fn sign_up(visit: Visit, Posted(form): Posted) -> Answer {
    if !matches!(visit.house.options.accounts, Accounts::Own(_)) {
        return Err(Problem::method_not_allowed());
    }
    let next = form.value("next").to_owned();
    match try_sign_up(&visit, &form).await {
        Ok(SignedUp::SignedIn(signed_in)) => Ok(welcome(&visit, &signed_in, &next)),
        // Not by an address: it would keep that of the person.
        Ok(SignedUp::LookIntoMail) => Ok(super::account::look_into_mail(&visit, form.value("email"), next)),
        Err(error) => {
            let (status, mut form) = visit.refused(form, error)?;
            // What can stand in the way of the whole is the address that is taken, or that nobody is taken.
            if status != StatusCode::TOO_MANY_REQUESTS
                && visit.house.coup.settings().sign_up
                && let Some(words) = form.problem.take()
            {
                form = form.with_error("email", words);
            }
            Ok((status, sign_up_form(&visit, form, next)).into_response())
        }
    }
}

#[cfg(feature = "identity")]
async fn try_sign_up(visit: &Visit, form: &Form) -> Result<SignedUp, Error> {
    let password = SecretString::from(form.value("password"));
    let command = SignUp::parse(form.value("email"), password, form.value("name"))?.in_language(visit.language());
    visit.house.coup.run(&visit.ctx, command).await
}

#[cfg(feature = "identity")]
pub(super) fn welcome(visit: &Visit, signed_in: &SignedIn, next: &str) -> Response {
    let Accounts::Own(cookie) = &visit.house.options.accounts else { return visit.next(next).into_response() };
    // Nothing else is open to them.
    let is_shut_out = signed_in.user.status_at(visit.house.coup.now()) == UserStatus::Suspended;
    let goes = if is_shut_out { visit.to("/me/sanctions") } else { visit.next(next).into_response() };
    (cookie.signed_in(signed_in), goes).into_response()
}

#[cfg(feature = "identity")]
pub(super) async fn sign_out(visit: Visit) -> Answer {
    match &visit.house.options.accounts {
        Accounts::Own(cookie) => {
            // A session that has ended already is as good as one that ends now.
            match visit.house.coup.run(&visit.ctx, SignOut).await {
                Ok(()) | Err(Error::NotSignedIn) => {}
                Err(error) => return Err(error.into()),
            }
            Ok((CookieJar::new().add(cookie.clear()), visit.done("/sign-in", Flash::SignedOut)).into_response())
        }
        Accounts::Host { sign_out, .. } => Ok(Redirect::to(sign_out).into_response()),
    }
}

#[cfg(not(feature = "identity"))]
pub(super) async fn sign_in() -> Problem {
    Problem::method_not_allowed()
}

#[cfg(not(feature = "identity"))]
pub(super) async fn sign_up() -> Problem {
    Problem::method_not_allowed()
}

#[cfg(not(feature = "identity"))]
pub(super) async fn sign_out(visit: Visit) -> Redirect {
    let Accounts::Host { sign_out, .. } = &visit.house.options.accounts;
    Redirect::to(sign_out)
}

pub(super) async fn me(visit: Visit) -> Answer {
    let account = visit.house.coup.account(&visit.ctx).await?;
    let form = as_it_is(&account.0);
    Ok(profile(&visit, form, Form::default(), account).into_response())
}

/// The profile's fields as they are.
pub(super) fn as_it_is(me: &Me) -> Form {
    let words = |text: Option<String>| text.unwrap_or_default();
    Form::of([
        ("name", words(me.name.as_ref().map(ToString::to_string))),
        ("bio", words(me.bio.as_ref().map(ToString::to_string))),
    ])
}

/// The page of oneself, with the form of the profile and that of the password.
pub(super) fn profile(visit: &Visit, form: Form, password: Form, account: (Me, Vec<SessionView>)) -> MePage {
    let (me, sessions) = account;
    let line = |session: SessionView| SessionLine {
        id: session.id.to_string(),
        is_current: session.is_current,
        program: session.user_agent.as_deref().map(named),
        ip: session.ip,
        since: session.created_at,
        seen: session.last_seen_at,
    };
    let sign_in = match &visit.house.options.accounts {
        #[cfg(feature = "identity")]
        Accounts::Own(_) => Some(SignInSettings {
            form: password,
            min_password: min_password(visit),
            sessions: sessions.into_iter().map(line).collect(),
            has_second_factor: me.has_second_factor,
            elsewhere: visit.house.coup.sign_in_providers().next().is_some(),
            pictures: visit.house.coup.keeps_files(),
        }),
        Accounts::Host { .. } => None,
    };
    MePage {
        frame: visit.of(&me, Place::Me),
        form,
        person: Person::from(&me),
        email: me.email.as_ref().map(|email| email.as_str().to_owned()),
        since: me.created_at,
        sign_in,
    }
}

pub(super) async fn edit(visit: Visit, Posted(form): Posted) -> Answer {
    match try_edit(&visit, &form).await {
        Ok(()) => Ok(visit.done("/me", Flash::Saved)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            let account = visit.house.coup.account(&visit.ctx).await?;
            Ok((status, profile(&visit, form, Form::default(), account)).into_response())
        }
    }
}

async fn try_edit(visit: &Visit, form: &Form) -> Result<(), Error> {
    let mut check = Check::default();
    let command = UpdateProfile {
        name: check.take(PersonName::parse("name", form.value("name"))),
        bio: check.take(Bio::parse("bio", form.value("bio"))),
        locale: None,
    };
    check.finish()?;
    visit.house.coup.run(&visit.ctx, command).await.map(drop)
}
