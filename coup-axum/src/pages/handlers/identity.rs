//! Signing in elsewhere, and linking and unlinking in one's profile.

use axum::{
    response::{IntoResponse as _, Redirect},
    routing::get,
};
use axum_extra::extract::CookieJar;
use coup_core::{
    error::{Error, StateError},
    identity::{
        model::{IdentityView, Provider},
        service::UnlinkIdentity,
    },
};

use super::{Route, user};
use crate::{
    extract::OfProvider,
    pages::{
        confirm::{Confirm, ConfirmPage},
        flash::Flash,
        frame::Place,
        house::Accounts,
        identity::{GoingPage, IdentitiesPage, Linked, Way, WayIn},
        visit::{Answer, Visit},
    },
    problem::Problem,
};

pub(super) fn routes() -> [Route; 4] {
    [
        ("/me/identities", get(list)),
        ("/sign-in/{provider}", get(leave)),
        ("/me/identities/{provider}/link", get(again).post(link)),
        ("/me/identities/{provider}/unlink", get(ask_unlink).post(unlink)),
    ]
}

fn way(provider: Provider) -> Way {
    Way { slug: provider.slug().to_owned(), name: provider.name().to_owned() }
}

/// The buttons: none where the accounts are the host's.
pub(super) fn ways(visit: &Visit) -> Vec<Way> {
    match visit.house.options.accounts {
        Accounts::Own(_) => visit.house.coup.sign_in_providers().map(way).collect(),
        Accounts::Host { .. } => Vec::new(),
    }
}

/// The providers on one's page of them: those that are configured, and those that are linked all the same.
fn ways_in(visit: &Visit, own: &[IdentityView]) -> Vec<WayIn> {
    if !matches!(visit.house.options.accounts, Accounts::Own(_)) {
        return Vec::new();
    }
    let linked = |provider: &Provider| own.iter().find(|identity| identity.provider == *provider).map(Linked::from);
    let configured: Vec<_> = visit.house.coup.sign_in_providers().collect();
    let all = Provider::ALL.iter().map(|provider| WayIn {
        way: way(*provider),
        linked: linked(provider),
        configured: configured.contains(provider),
    });
    all.filter(|way| way.configured || way.linked.is_some()).collect()
}

impl From<&IdentityView> for Linked {
    fn from(identity: &IdentityView) -> Self {
        Self { email: identity.email.clone(), since: identity.linked_at }
    }
}

async fn list(visit: Visit) -> Answer {
    Ok(page(&visit, user::trouble(&visit)).await?.into_response())
}

async fn page(visit: &Visit, trouble: Option<String>) -> Result<IdentitiesPage, Error> {
    let (me, own) = visit.house.coup.me_with_identities(&visit.ctx).await?;
    Ok(IdentitiesPage { frame: visit.of(&me, Place::Me), ways_in: ways_in(visit, &own), trouble })
}

/// The page again, with what stands in the way.
async fn refused(visit: &Visit, error: Error) -> Answer {
    let problem = Problem::from(error);
    let page = page(visit, Some(visit.words(&problem))).await?;
    Ok((problem.status(), page).into_response())
}

async fn leave(visit: Visit, OfProvider(provider): OfProvider) -> Answer {
    let Accounts::Own(cookie) = &visit.house.options.accounts else { return Err(Error::NotConfigured.into()) };
    let next = visit.query().value("next").to_owned();
    match visit.house.coup.begin_sign_in(&visit.ctx, provider, Some(&next)).await {
        Ok(begun) => {
            let jar = CookieJar::new().add(cookie.set_flow(&begun));
            Ok((jar, Redirect::to(&begun.address)).into_response())
        }
        Err(error @ (Error::Provider(_) | Error::TooManyAttempts { .. })) => {
            let problem = Problem::from(error);
            Ok(user::sign_in_trouble(&visit, &problem, next))
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(visit: Visit) -> Answer {
    Ok(visit.to("/me/identities"))
}

async fn link(visit: Visit, OfProvider(provider): OfProvider) -> Answer {
    let Accounts::Own(cookie) = &visit.house.options.accounts else { return Err(Error::NotConfigured.into()) };
    let back = format!("{}/me/identities", visit.house.options.mount.base);
    match visit.house.coup.begin_link(&visit.ctx, provider, Some(&back)).await {
        Ok(begun) => {
            let (frame, _) = visit.signed_in(Place::Me).await?;
            let page = GoingPage { frame, way: way(provider), address: begun.address.clone() };
            Ok((CookieJar::new().add(cookie.set_flow(&begun)), page).into_response())
        }
        Err(error @ (Error::Provider(_) | Error::TooManyAttempts { .. })) => refused(&visit, error).await,
        Err(error) => Err(error.into()),
    }
}

async fn ask_unlink(visit: Visit, OfProvider(provider): OfProvider) -> Answer {
    let own = visit.house.coup.identities(&visit.ctx).await?;
    if !own.iter().any(|identity| identity.provider == provider) {
        return Err(Error::NotFound.into());
    }
    let (frame, _) = visit.signed_in(Place::Me).await?;
    let confirm = Confirm::unlink(&frame, &way(provider));
    Ok(ConfirmPage { frame, confirm }.into_response())
}

async fn unlink(visit: Visit, OfProvider(provider): OfProvider) -> Answer {
    match visit.house.coup.run(&visit.ctx, UnlinkIdentity(provider)).await {
        Ok(()) => Ok(visit.done("/me/identities", Flash::IdentityUnlinked)),
        Err(error @ Error::State(StateError::LastWayIn)) => refused(&visit, error).await,
        Err(error) => Err(error.into()),
    }
}
