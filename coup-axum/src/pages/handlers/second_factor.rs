//! The second factor: setting it up, turning it off, its recovery codes, and its step of signing in.

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::get,
};
use axum_extra::extract::CookieJar;
use coup_core::{
    error::{Error, Invalid, StateError},
    second_factor::{
        entry::{CompleteSignIn, Entered},
        model::{Halfway, RecoveryCodes, Setup},
        service::{BeginSecondFactor, ConfirmSecondFactor, NewRecoveryCodes, TurnOffSecondFactor, TurnedOn},
    },
    user::{service::Me, session::SignedIn},
};

use super::{
    Route,
    user::{sign_in_trouble, welcome},
};
use crate::{
    identity::SessionCookie,
    pages::{
        confirm::{Confirm, ConfirmPage},
        flash::Flash,
        form::Form,
        frame::Place,
        house::Accounts,
        second_factor::{CodePage, Picture, RecoveryCodesPage, SecondFactorPage, SetUpPage, grouped},
        visit::{Answer, Posted, Visit, encoded},
    },
    problem::Problem,
};

pub(super) fn routes() -> [Route; 6] {
    [
        ("/sign-in/code", get(code_page).post(code)),
        ("/me/second-factor", get(show)),
        ("/me/second-factor/set-up", get(set_up_page).post(set_up)),
        ("/me/second-factor/confirm", get(again).post(confirm)),
        ("/me/second-factor/codes", get(again).post(new_codes)),
        ("/me/second-factor/off", get(ask_off).post(turn_off)),
    ]
}

/// Only where accounts are CoUp's own.
fn own(visit: &Visit) -> Result<SessionCookie, Problem> {
    match &visit.house.options.accounts {
        Accounts::Own(cookie) => Ok(*cookie),
        Accounts::Host { .. } => Err(Problem::no_such_path()),
    }
}

/// On to the code, with the cookie that binds it to this browser.
pub(super) fn on_to_code(visit: &Visit, halfway: &Halfway, next: &str) -> Response {
    let Accounts::Own(cookie) = &visit.house.options.accounts else { return visit.to("/sign-in") };
    let query = if next.is_empty() { String::new() } else { format!("?next={}", encoded(next)) };
    (CookieJar::new().add(cookie.set_half(halfway)), visit.to(&format!("/sign-in/code{query}"))).into_response()
}

/// What stands in the way of a code stands at the field that it was typed into.
pub(super) fn at_code(mut form: Form) -> Form {
    let field = if form.value("code").trim().is_empty() { "recovery" } else { "code" };
    match form.problem.take() {
        Some(words) => form.with_error(field, words),
        None => form,
    }
}

async fn code_page(visit: Visit) -> Answer {
    own(&visit)?;
    let next = visit.query().value("next").to_owned();
    Ok(CodePage { frame: visit.frame(None), form: Form::default(), next }.into_response())
}

async fn code(visit: Visit, headers: HeaderMap, Posted(form): Posted) -> Answer {
    let cookie = own(&visit)?;
    let next = form.value("next").to_owned();
    match try_code(&visit, cookie, &headers, &form).await {
        Ok(signed_in) => {
            Ok((CookieJar::new().add(cookie.clear_half()), welcome(&visit, &signed_in, &next)).into_response())
        }
        // Nothing that is typed here helps any more.
        Err(error @ Error::State(StateError::SignInExpired)) => {
            Ok(sign_in_trouble(&visit, &Problem::from(error), next))
        }
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            Ok((status, CodePage { frame: visit.frame(None), form: at_code(form), next }).into_response())
        }
    }
}

async fn try_code(visit: &Visit, cookie: SessionCookie, headers: &HeaderMap, form: &Form) -> Result<SignedIn, Error> {
    let halfway = cookie.half(&CookieJar::from_headers(headers));
    let entered = visit.house.coup.run(&visit.ctx, CompleteSignIn { halfway, code: typed(form)? }).await?;
    match entered {
        Entered::SignedIn(signed_in) => Ok(*signed_in),
        other => other.signed_in(),
    }
}

/// The code that was typed, or the recovery code in its place.
pub(super) fn typed(form: &Form) -> Result<String, Invalid> {
    let typed = ["code", "recovery"].map(|field| form.value(field).trim()).into_iter().find(|code| !code.is_empty());
    typed.map(str::to_owned).ok_or_else(|| Invalid::field("code", "required"))
}

async fn show(visit: Visit) -> Answer {
    own(&visit)?;
    Ok(page(&visit, None).await?.into_response())
}

async fn page(visit: &Visit, trouble: Option<String>) -> Result<SecondFactorPage, Error> {
    let (me, factor) = visit.house.coup.me_with_second_factor(&visit.ctx).await?;
    Ok(SecondFactorPage {
        frame: visit.of(&me, Place::Me),
        on_since: factor.on_since,
        codes_left: factor.recovery_codes_left,
        is_required: factor.is_required,
        trouble,
    })
}

/// The page again, with what stands in the way.
async fn refused(visit: &Visit, error: Error) -> Answer {
    if !matches!(error, Error::State(_)) {
        return Err(error.into());
    }
    let problem = Problem::from(error);
    let page = page(visit, Some(visit.words(&problem))).await?;
    Ok((problem.status(), page).into_response())
}

async fn again(visit: Visit) -> Answer {
    own(&visit)?;
    Ok(visit.to("/me/second-factor"))
}

async fn set_up(visit: Visit) -> Answer {
    own(&visit)?;
    match visit.house.coup.run(&visit.ctx, BeginSecondFactor).await {
        Ok(_) => Ok(visit.to("/me/second-factor/set-up")),
        Err(error) => refused(&visit, error).await,
    }
}

async fn set_up_page(visit: Visit) -> Answer {
    own(&visit)?;
    match visit.house.coup.second_factor_setup(&visit.ctx).await {
        Ok(setup) => Ok(set_up_form(&visit, setup, Form::default())?.into_response()),
        // Nothing was begun, or it is done.
        Err(Error::State(_)) => Ok(visit.to("/me/second-factor")),
        Err(error) => Err(error.into()),
    }
}

fn set_up_form(visit: &Visit, (me, setup): (Me, Setup), form: Form) -> Result<SetUpPage, Error> {
    let drawn = Picture::of(setup.address());
    let picture = drawn.map_err(|why| Error::Internal(format!("a QR code could not be drawn: {why}")))?;
    Ok(SetUpPage {
        frame: visit.of(&me, Place::Me),
        form,
        picture,
        secret: grouped(setup.secret()),
        address: setup.address().to_owned(),
    })
}

async fn confirm(visit: Visit, Posted(form): Posted) -> Answer {
    let cookie = own(&visit)?;
    match try_confirm(&visit, &form).await {
        Ok(TurnedOn { signed_in, recovery_codes }) => {
            let me = visit.house.coup.me(&visit.by(&signed_in)).await?;
            Ok((cookie.signed_in(&signed_in), codes_page(&visit, &me, &recovery_codes, true)).into_response())
        }
        Err(error @ (Error::Invalid(_) | Error::State(StateError::CodeWrong))) => {
            let (status, form) = visit.refused(form, error)?;
            let setup = visit.house.coup.second_factor_setup(&visit.ctx).await?;
            Ok((status, set_up_form(&visit, setup, at_code(form))?).into_response())
        }
        Err(error) => refused(&visit, error).await,
    }
}

async fn try_confirm(visit: &Visit, form: &Form) -> Result<TurnedOn, Error> {
    visit.house.coup.run(&visit.ctx, ConfirmSecondFactor { code: typed(form)? }).await
}

/// Shown as the answer of the form: nothing keeps them.
fn codes_page(visit: &Visit, me: &Me, codes: &RecoveryCodes, turned_on: bool) -> Response {
    let codes = codes.expose().map(str::to_owned).collect();
    let page = RecoveryCodesPage { frame: visit.of(me, Place::Me), codes, turned_on };
    (StatusCode::OK, page).into_response()
}

async fn new_codes(visit: Visit) -> Answer {
    own(&visit)?;
    match visit.house.coup.run(&visit.ctx, NewRecoveryCodes).await {
        Ok(codes) => {
            let me = visit.house.coup.me(&visit.ctx).await?;
            Ok(codes_page(&visit, &me, &codes, false))
        }
        Err(error) => refused(&visit, error).await,
    }
}

async fn ask_off(visit: Visit) -> Answer {
    own(&visit)?;
    let (me, factor) = visit.house.coup.me_with_second_factor(&visit.ctx).await?;
    if factor.on_since.is_none() {
        return Ok(visit.to("/me/second-factor"));
    }
    let frame = visit.of(&me, Place::Me);
    let confirm = Confirm::second_factor_off(&frame);
    Ok(ConfirmPage { frame, confirm }.into_response())
}

async fn turn_off(visit: Visit) -> Answer {
    own(&visit)?;
    match visit.house.coup.run(&visit.ctx, TurnOffSecondFactor).await {
        Ok(()) => Ok(visit.done("/me/second-factor", Flash::SecondFactorOff)),
        Err(error) => refused(&visit, error).await,
    }
}
