//! Codes from letters, the password, sessions: how one signs in. Where accounts are a host's, there is nothing of it.

use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use coup_core::{
    error::{Check, Error, Invalid},
    text::Email,
    user::{
        password::{ChangePassword, Confirm, Proof},
        reset::{ConfirmReset, RequestReset},
        session::{EndSession, SignOutEverywhere, SignedIn},
        sign_up::Verify,
    },
};

use super::{
    second_factor::{at_code, typed},
    user::{as_it_is, min_password, profile, welcome},
};
use crate::{
    extract::OfSession,
    identity::SessionCookie,
    pages::{
        flash::Flash,
        form::Form,
        frame::Place,
        house::Accounts,
        user::{ProofPage, ResetConfirmPage, ResetPage, VerifyPage},
        visit::{Answer, Posted, Visit},
    },
    problem::Problem,
};

/// Only where accounts are CoUp's own.
pub(super) fn own(visit: &Visit) -> Result<&SessionCookie, Problem> {
    match &visit.house.options.accounts {
        Accounts::Own(cookie) => Ok(cookie),
        Accounts::Host { .. } => Err(Problem::no_such_path()),
    }
}

/// What was asked for, or the fields that are empty.
fn filled(form: &Form, fields: &[&str]) -> Result<(), Invalid> {
    let mut check = Check::default();
    for field in fields {
        if form.value(field).is_empty() {
            check.take::<()>(Err(Invalid::field(*field, "required")));
        }
    }
    check.finish()
}

/// The page after signing up: a letter is on its way.
pub(super) fn look_into_mail(visit: &Visit, email: &str, next: String) -> Response {
    let form = Form::of([("email", email.trim())]);
    VerifyPage { frame: visit.frame(None), form, next, sent: true }.into_response()
}

pub(super) async fn verify_page(visit: Visit) -> Answer {
    own(&visit)?;
    let next = visit.query().value("next").to_owned();
    Ok(VerifyPage { frame: visit.frame(None), form: Form::default(), next, sent: false }.into_response())
}

pub(super) async fn verify(visit: Visit, Posted(form): Posted) -> Answer {
    own(&visit)?;
    let next = form.value("next").to_owned();
    match try_verify(&visit, &form).await {
        Ok(signed_in) => Ok(welcome(&visit, &signed_in, &next)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            let page = VerifyPage { frame: visit.frame(None), form, next, sent: false };
            Ok((status, page).into_response())
        }
    }
}

async fn try_verify(visit: &Visit, form: &Form) -> Result<SignedIn, Error> {
    filled(form, &["email", "code", "password"])?;
    let email = Email::parse("email", form.value("email"))?;
    let command = Verify { email, code: form.value("code").to_owned(), password: form.value("password").into() };
    visit.house.coup.run(&visit.ctx, command).await?.right()
}

pub(super) async fn reset_page(visit: Visit) -> Answer {
    own(&visit)?;
    Ok(ResetPage { frame: visit.frame(None), form: Form::default() }.into_response())
}

pub(super) async fn reset(visit: Visit, Posted(form): Posted) -> Answer {
    own(&visit)?;
    match try_reset(&visit, &form).await {
        Ok(()) => Ok(reset_form(&visit, Form::of([("email", form.value("email").trim())]), true).into_response()),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            Ok((status, ResetPage { frame: visit.frame(None), form }).into_response())
        }
    }
}

async fn try_reset(visit: &Visit, form: &Form) -> Result<(), Error> {
    let email = Email::parse("email", form.value("email"))?;
    visit.house.coup.run(&visit.ctx, RequestReset { email, language: visit.language() }).await
}

fn reset_form(visit: &Visit, form: Form, sent: bool) -> ResetConfirmPage {
    ResetConfirmPage { frame: visit.frame(None), form, sent, min_password: min_password(visit) }
}

pub(super) async fn reset_confirm_page(visit: Visit) -> Answer {
    own(&visit)?;
    Ok(reset_form(&visit, Form::default(), false).into_response())
}

pub(super) async fn reset_confirm(visit: Visit, Posted(form): Posted) -> Answer {
    let cookie = own(&visit)?;
    match try_reset_confirm(&visit, &form).await {
        // This browser may have been signed in to it.
        Ok(()) => {
            Ok((CookieJar::new().add(cookie.clear()), visit.done("/sign-in", Flash::PasswordReset)).into_response())
        }
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            Ok((status, reset_form(&visit, form, false)).into_response())
        }
    }
}

async fn try_reset_confirm(visit: &Visit, form: &Form) -> Result<(), Error> {
    filled(form, &["email", "code", "password"])?;
    let email = Email::parse("email", form.value("email"))?;
    let command = ConfirmReset { email, code: form.value("code").to_owned(), password: form.value("password").into() };
    visit.house.coup.run(&visit.ctx, command).await?.right()
}

pub(super) async fn confirm_page(visit: Visit) -> Answer {
    own(&visit)?;
    let (frame, me) = visit.signed_in(Place::Elsewhere).await?;
    let next = visit.query().value("next").to_owned();
    Ok(ProofPage { frame, form: Form::default(), next, by_code: me.has_second_factor }.into_response())
}

pub(super) async fn confirm(visit: Visit, Posted(form): Posted) -> Answer {
    own(&visit)?;
    let next = form.value("next").to_owned();
    match try_confirm(&visit, &form).await {
        Ok(()) => Ok(visit.done_at(&next, Flash::Confirmed)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            let (frame, me) = visit.signed_in(Place::Elsewhere).await?;
            let form = if me.has_second_factor { at_code(form) } else { form };
            Ok((status, ProofPage { frame, form, next, by_code: me.has_second_factor }).into_response())
        }
    }
}

async fn try_confirm(visit: &Visit, form: &Form) -> Result<(), Error> {
    // Which of them the page asked for; what was asked of both is empty.
    let proof = match typed(form) {
        Ok(code) => Proof::Code(code),
        Err(_) => Proof::Password(form.value("password").into()),
    };
    visit.house.coup.run(&visit.ctx, Confirm(proof)).await?.right()
}

/// Where a form was posted to: a reader who reloads it is led back to its page.
pub(super) async fn to_me(visit: Visit) -> Answer {
    own(&visit)?;
    Ok(visit.to("/me"))
}

pub(super) async fn change_password(visit: Visit, Posted(form): Posted) -> Answer {
    let cookie = own(&visit)?;
    match try_change(&visit, &form).await {
        Ok(changed) => Ok((cookie.signed_in(&changed), visit.done("/me", Flash::PasswordChanged)).into_response()),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            let account = visit.house.coup.account(&visit.ctx).await?;
            Ok((status, profile(&visit, as_it_is(&account.0), form, account)).into_response())
        }
    }
}

async fn try_change(visit: &Visit, form: &Form) -> Result<SignedIn, Error> {
    filled(form, &["current", "new"])?;
    let command = ChangePassword { current: form.value("current").into(), new: form.value("new").into() };
    visit.house.coup.run(&visit.ctx, command).await
}

pub(super) async fn end_session(visit: Visit, OfSession(id): OfSession) -> Answer {
    own(&visit)?;
    visit.house.coup.run(&visit.ctx, EndSession(id)).await?;
    Ok(visit.done("/me", Flash::SessionEnded))
}

pub(super) async fn sign_out_everywhere(visit: Visit) -> Answer {
    let cookie = own(&visit)?;
    visit.house.coup.run(&visit.ctx, SignOutEverywhere).await?;
    Ok((CookieJar::new().add(cookie.clear()), visit.done("/sign-in", Flash::SignedOutEverywhere)).into_response())
}
