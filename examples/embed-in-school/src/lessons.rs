//! A lesson: a row of the school's and a study of CoUp's, in one transaction.

use axum::{
    Form, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
    routing::post,
};
use coup_axum::{caller::Caller, problem::Problem};
use coup_core::{
    changes::Committed,
    coup::Ctx,
    error::Error,
    store::StoreError,
    study::service::{CreateStudy, StudyFields},
};
use serde::Deserialize;

use crate::{
    House,
    school::{Fault, Person},
};

/// The school's routes for lessons.
pub fn routes() -> Router<House> {
    Router::new().route("/lessons", post(begin))
}

#[derive(Deserialize)]
struct Lesson {
    name: String,
}

async fn begin(State(house): State<House>, person: Person, Form(lesson): Form<Lesson>) -> Result<Response, Response> {
    let caller = person.id.parse().map_err(|_| Fault(StatusCode::FORBIDDEN, "Not a person.".into()).into_response())?;
    let ctx = Caller::user(caller).into_ctx();
    let fields = StudyFields {
        name: Some(lesson.name.clone()),
        description: Some(format!("{} 수업", lesson.name)),
        category: Some("수업".to_owned()),
        is_public: Some(false),
        ..StudyFields::default()
    };
    let command = fields.create().map_err(|invalid| Problem::from(invalid).into_response())?;
    match found(&house, &ctx, &lesson.name, &command).await {
        Ok(study) => Ok(Redirect::to(&format!("/classes/my-studies/{study}")).into_response()),
        Err(Refused::School(fault)) => Err(fault.into_response()),
        Err(Refused::CoUp(error)) => Err(Problem::from(error).into_response()),
    }
}

/// Why there is no lesson: nothing of it was written.
enum Refused {
    School(Fault),
    CoUp(Error),
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(known) if known.is_unique_violation() => {
                Self::School(Fault(StatusCode::CONFLICT, "There is a lesson of this name.".into()))
            }
            _ => Self::School(error.into()),
        }
    }
}

/// The school's row and CoUp's study: both, or neither. What changed meanwhile is decided again.
async fn found(house: &House, ctx: &Ctx, name: &str, command: &CreateStudy) -> Result<String, Refused> {
    for _ in 0..3 {
        let mut prepared = house.classes.coup.prepare(ctx, command).await.map_err(Refused::CoUp)?;
        let mut transaction = house.school.pool.begin().await?;
        let committed = match prepared.changes.take() {
            Some(changes) => house.classes.store.commit_in(&mut transaction, changes).await,
            None => Ok(Committed::default()),
        };
        match committed {
            Ok(committed) => {
                let study = prepared.finish(&committed).study.id.to_string();
                sqlx::query("insert into lessons (name, study) values ($1, $2)")
                    .bind(name)
                    .bind(&study)
                    .execute(&mut *transaction)
                    .await?;
                transaction.commit().await?;
                return Ok(study);
            }
            Err(StoreError::Conflict) => transaction.rollback().await?,
            Err(error) => return Err(Refused::CoUp(error.into())),
        }
    }
    Err(Refused::CoUp(StoreError::Conflict.into()))
}
