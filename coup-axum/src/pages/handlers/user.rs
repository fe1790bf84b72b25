//! Signing in, up and out, and one's own profile.

use axum::response::{IntoResponse as _, Redirect};
use coup_core::{
    error::{Check, Error},
    text::{Bio, PersonName},
    user::service::{Me, UpdateProfile},
};
#[cfg(feature = "identity")]
use {
    axum::response::Response,
    axum_extra::extract::CookieJar,
    coup_core::{
        error::Invalid,
        user::{
            model::UserStatus,
            service::{SignIn, SignOut, SignUp, SignedIn},
        },
    },
    secrecy::SecretString,
};

#[cfg(feature = "identity")]
use super::identity;
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
        user::MePage,
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
        Err(Error::NotSignedIn) => Ok(None),
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
fn trouble(visit: &Visit) -> Option<String> {
    visit.trouble.as_deref().map(|code| visit.words(&landing::trouble(code)))
}

#[cfg(feature = "identity")]
fn sign_in_form(visit: &Visit, form: Form, next: String) -> SignInPage {
    SignInPage { frame: visit.frame(None), form, next, ways: identity::ways(visit) }
}

/// The page of signing in, with what stands in the way of doing so elsewhere.
#[cfg(feature = "identity")]
pub(super) fn sign_in_trouble(visit: &Visit, problem: &Problem, next: String) -> Answer {
    let form = Form::default().with_problem(visit.words(problem));
    Ok((problem.status(), sign_in_form(visit, form, next)).into_response())
}

/// One's profile, with what stands in the way of changing the ways in.
#[cfg(feature = "identity")]
pub(super) async fn me_trouble(visit: &Visit, problem: &Problem) -> Answer {
    let mut page = own_profile(visit).await?;
    page.trouble = Some(visit.words(problem));
    Ok((problem.status(), page).into_response())
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
    let min = visit.house.coup.settings().password_min_length;
    let ways = identity::ways(visit);
    SignUpPage { frame: visit.frame(None), form, next, ways, min_password: u32::try_from(min).unwrap_or(u32::MAX) }
}

#[cfg(feature = "identity")]
pub(super) async fn sign_in(visit: Visit, Posted(form): Posted) -> Answer {
    if !matches!(visit.house.options.accounts, Accounts::Own(_)) {
        return Err(Problem::method_not_allowed());
    }
    let next = form.value("next").to_owned();
    match try_sign_in(&visit, &form).await {
        Ok(signed_in) => Ok(welcome(&visit, &signed_in, &next)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            Ok((status, sign_in_form(&visit, form, next)).into_response())
        }
    }
}

#[cfg(feature = "identity")]
async fn try_sign_in(visit: &Visit, form: &Form) -> Result<SignedIn, Error> {
    let mut check = Check::default();
    for field in ["email", "password"] {
        if form.value(field).is_empty() {
            check.take::<()>(Err(Invalid::field(field, "required")));
        }
    }
    check.finish()?;
    let command = SignIn { email: form.value("email").to_owned(), password: form.value("password").into() };
    visit.house.coup.run(&visit.ctx, command).await
}

#[cfg(feature = "identity")]
pub(super) async fn sign_up(visit: Visit, Posted(form): Posted) -> Answer {
    if !matches!(visit.house.options.accounts, Accounts::Own(_)) {
        return Err(Problem::method_not_allowed());
    }
    let next = form.value("next").to_owned();
    match try_sign_up(&visit, &form).await {
        Ok(signed_in) => Ok(welcome(&visit, &signed_in, &next)),
        Err(error) => {
            let (status, mut form) = visit.refused(form, error)?;
            // What can stand in the way of the whole is the address that is taken.
            if let Some(words) = form.problem.take() {
                form = form.with_error("email", words);
            }
            Ok((status, sign_up_form(&visit, form, next)).into_response())
        }
    }
}

#[cfg(feature = "identity")]
async fn try_sign_up(visit: &Visit, form: &Form) -> Result<SignedIn, Error> {
    let password = SecretString::from(form.value("password"));
    let command = SignUp::parse(form.value("email"), password, form.value("name"))?;
    visit.house.coup.run(&visit.ctx, command).await
}

#[cfg(feature = "identity")]
fn welcome(visit: &Visit, signed_in: &SignedIn, next: &str) -> Response {
    let Accounts::Own(cookie) = &visit.house.options.accounts else { return visit.next(next).into_response() };
    let jar = CookieJar::new().add(cookie.set(&signed_in.token, signed_in.expires_at));
    // Nothing else is open to them.
    let is_shut_out = signed_in.user.status_at(visit.house.coup.now()) == UserStatus::Suspended;
    let goes = if is_shut_out { visit.to("/me/sanctions") } else { visit.next(next).into_response() };
    (jar, goes).into_response()
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
    Ok(own_profile(&visit).await?.into_response())
}

async fn own_profile(visit: &Visit) -> Result<MePage, Error> {
    let words = |text: Option<String>| text.unwrap_or_default();
    let form = |me: &Me| {
        Form::of([
            ("name", words(me.name.as_ref().map(ToString::to_string))),
            ("bio", words(me.bio.as_ref().map(ToString::to_string))),
        ])
    };
    profile(visit, form).await
}

async fn profile(visit: &Visit, form: impl FnOnce(&Me) -> Form) -> Result<MePage, Error> {
    let (me, own) = visit.house.coup.me_with_identities(&visit.ctx).await?;
    #[cfg(feature = "identity")]
    let (ways_in, trouble) = (identity::ways_in(visit, &own), trouble(visit));
    #[cfg(not(feature = "identity"))]
    let (ways_in, trouble) = (own.iter().flat_map(|_| None).collect(), visit.trouble.clone());
    Ok(MePage {
        frame: visit.frame_of(&me, Place::Me),
        form: form(&me),
        person: Person::from(&me),
        email: me.email.as_ref().map(|email| email.as_str().to_owned()),
        since: me.created_at,
        ways_in,
        trouble,
    })
}

pub(super) async fn edit(visit: Visit, Posted(form): Posted) -> Answer {
    match try_edit(&visit, &form).await {
        Ok(()) => Ok(visit.done("/me", Flash::Saved)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            Ok((status, profile(&visit, |_| form).await?).into_response())
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
