//! A school's own service, as it was before CoUp ([`school`]), and what mounting CoUp in it took ([`groups`], [`lessons`],
//! [`consents`]).

pub mod consents;
pub mod groups;
pub mod lessons;
pub mod school;

use std::error::Error;

use axum::Router;

use self::groups::{Background, Groups};
pub use self::school::School;

/// Whatever keeps the service from starting.
pub type StartError = Box<dyn Error + Send + Sync>;

/// What all of the school's handlers see.
#[derive(Clone)]
pub struct House {
    /// The school itself.
    pub school: School,
    /// CoUp for lessons.
    pub classes: Groups,
    /// CoUp for everybody.
    pub clubs: Groups,
}

/// The school's routes with both instances mounted, seen by browsers under `address`, and the work in the background.
///
/// # Errors
/// When the database cannot be asked or migrated.
pub async fn service(school: School, address: &str) -> Result<(Router, Background), StartError> {
    let classes = Groups::for_lessons(&school).await?;
    let clubs = Groups::for_clubs(&school).await?;
    let background = Background::start([classes.coup.clone(), clubs.coup.clone()]);
    let house = House { school, classes, clubs };
    let routes = Router::new()
        .merge(school::routes())
        .merge(lessons::routes())
        .merge(consents::routes())
        .nest("/classes", house.classes.routes("/classes", address))
        .nest("/clubs", house.clubs.routes("/clubs", address))
        .with_state(house);
    Ok((routes, background))
}
