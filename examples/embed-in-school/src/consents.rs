//! What the school knows of guardians, and CoUp takes its word for: under 14, nobody takes part before one has consented.

use axum::{
    Form, Router, extract::State, http::StatusCode, response::IntoResponse as _, response::Response, routing::post,
};
use coup_axum::problem::Problem;
use coup_core::{error::Error, id::UserId, user::age::RecordConsent};
use serde::Deserialize;

use crate::{
    House,
    school::{Fault, Person},
};

/// The school's routes for guardians' consents.
pub fn routes() -> Router<House> {
    Router::new().route("/consents", post(record))
}

#[derive(Deserialize)]
struct Consent {
    person: String,
    /// False: withdrawn.
    given: bool,
}

/// Somebody who teaches holds the signed paper, or the letter that takes it back.
async fn record(State(house): State<House>, by: Person, Form(paper): Form<Consent>) -> Result<StatusCode, Response> {
    if !by.teaches {
        return Err(Fault(StatusCode::FORBIDDEN, "Only who teaches records a consent.".into()).into_response());
    }
    house.school.consents(&paper.person, paper.given).await.map_err(Fault::into_response)?;
    told(&house, &paper).await.map_err(|error| Problem::from(error).into_response())?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells each mount that knows them; another one asks the school when they come.
async fn told(house: &House, paper: &Consent) -> Result<(), Error> {
    let id: UserId = paper.person.parse().map_err(|_| Error::NotFound)?;
    for groups in [&house.classes, &house.clubs] {
        let command = RecordConsent { user: id.clone(), given: paper.given };
        match groups.coup.as_host("guardians' consents").run(command).await {
            Ok(()) | Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
