//! Everything of one's own to take along, and deleting one's account.

use axum::response::IntoResponse as _;
#[cfg(feature = "identity")]
use {
    axum::http::StatusCode,
    axum_extra::extract::CookieJar,
    coup_core::{
        error::{Error, Invalid},
        user::deletion::DeleteAccount,
    },
};

use crate::{
    api::personal::file,
    pages::{
        form::Form,
        frame::Place,
        house::Accounts,
        personal::{AccountPage, Deletion, OwnedStudyLine},
        visit::{Answer, Visit},
    },
};
#[cfg(feature = "identity")]
use crate::{
    pages::{flash::Flash, visit::Posted},
    problem::Problem,
};

pub(super) async fn show(visit: Visit) -> Answer {
    Ok(page(&visit, Form::default()).await?.into_response())
}

async fn page(visit: &Visit, form: Form) -> Result<AccountPage, coup_core::error::Error> {
    let (me, owned) = visit.house.coup.before_deletion(&visit.ctx).await?;
    let line = |study: coup_core::user::deletion::OwnedStudy| OwnedStudyLine {
        id: study.id.to_string(),
        name: study.name.to_string(),
    };
    let deletion = match &visit.house.options.accounts {
        #[cfg(feature = "identity")]
        Accounts::Own(_) => {
            Some(Deletion { form, barred: owned.is_none(), owned: owned.into_iter().flatten().map(line).collect() })
        }
        Accounts::Host { .. } => None,
    };
    Ok(AccountPage { frame: visit.of(&me, Place::Me), deletion })
}

pub(super) async fn export(visit: Visit) -> Answer {
    Ok(file(visit.house.coup.export_account(&visit.ctx).await?))
}

/// Where the form was posted to: a reader who reloads it is led back to its page.
#[cfg(feature = "identity")]
pub(super) async fn again(visit: Visit) -> Answer {
    Ok(visit.to("/me/account"))
}

#[cfg(feature = "identity")]
pub(super) async fn delete(visit: Visit, Posted(form): Posted) -> Answer {
    let Accounts::Own(cookie) = &visit.house.options.accounts else { return Err(Problem::no_such_path()) };
    match try_delete(&visit, &form).await {
        Ok(()) => {
            Ok((CookieJar::new().add(cookie.clear()), visit.done("/sign-in", Flash::AccountDeleted)).into_response())
        }
        // They stand on the page.
        Err(Error::OwnsStudies(_)) => Ok((StatusCode::CONFLICT, page(&visit, Form::default()).await?).into_response()),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            Ok((status, page(&visit, form).await?).into_response())
        }
    }
}

#[cfg(feature = "identity")]
async fn try_delete(visit: &Visit, form: &Form) -> Result<(), Error> {
    if !form.checked("sure") {
        return Err(Invalid::field("sure", "required").into());
    }
    visit.house.coup.run(&visit.ctx, DeleteAccount).await.map(drop)
}
