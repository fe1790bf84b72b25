//! Taking a place before an attempt is judged, and giving it back when it was right.

use chrono::TimeDelta;

use super::{
    model::{Device, Place, Way},
    rules::{self, Subject},
};
use crate::{
    audit::model::{SecurityEvent, SecurityEventType},
    changes::{Change, Changes, SystemPermit},
    coup::{Caller, RETRIES, Room},
    error::Error,
    store::{Limit, StoreError},
    text::Email,
    user::{model::TokenHash, session::SessionToken},
};

/// An attempt that has its places.
#[must_use = "an attempt that was right gives its places back"]
pub(crate) struct Attempt(Vec<Place>);

/// Whether somebody guessed right.
pub(crate) enum Guess<R, W = ()> {
    /// They did.
    Right(R),
    /// They did not.
    Wrong(W),
}

impl Attempt {
    /// Takes its places, or says when there are some.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`]; nothing is counted then, and nothing must be judged.
    pub(crate) async fn begin(room: &Room<'_>, way: Way, subjects: &[Subject<'_>]) -> Result<Self, Error> {
        let places = rules::places(&room.settings().rate_limits, way, subjects, room.env.now());
        if places.is_empty() {
            return Ok(Self(places));
        }
        // First a look: a flood that is refused anyhow does not stand in line with those who write.
        if let Some(wait) = wait(room, &places).await? {
            return Err(refused(room, way, wait).await);
        }
        let take = places.iter().map(|place| Change::TakePlace(Box::new(place.clone()))).collect();
        match commit(room, take).await {
            Ok(()) => Ok(Self(places)),
            Err(StoreError::Exhausted(Limit::Attempts)) => {
                // Whoever was faster may have given theirs back since.
                let wait = wait(room, &places).await?.unwrap_or_else(|| rules::wait(None, room.env.now()));
                Err(refused(room, way, wait).await)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Signing in with a password: by the address it comes from and by the account that is asked for; in a browser that the account
    /// knows by that browser alone, so that neither who guesses elsewhere nor who shares the address shuts its owner out.
    pub(crate) async fn sign_in(room: &Room<'_>, email: &str) -> Result<Self, Error> {
        let device = match (room.ctx.device, Email::parse("email", email)) {
            (Some(hash), Ok(email)) => room.store().device(&hash, &email).await?,
            _ => None,
        };
        match device.filter(|device| rules::is_known(device, room.env.now())) {
            Some(Device { hash, user, .. }) => Self::begin(room, Way::SignIn, &[Subject::Device(hash, &user)]).await,
            None => Self::from_address(room, Way::SignIn, Some(Subject::Account(email))).await,
        }
    }

    /// What is counted by the address it comes from, where that is known.
    pub(crate) async fn from_address(room: &Room<'_>, way: Way, further: Option<Subject<'_>>) -> Result<Self, Error> {
        let address = room.ctx.ip.as_deref().map(Subject::Address);
        let subjects: Vec<_> = address.into_iter().chain(further).collect();
        Self::begin(room, way, &subjects).await
    }

    /// Showing one's password in a session.
    pub(crate) async fn confirm(room: &Room<'_>, caller: &Caller) -> Result<Self, Error> {
        let subject = match &caller.session {
            Some(session) => Subject::Session(session.id),
            None => Subject::Person(&caller.user.id),
        };
        Self::begin(room, Way::Confirm, &[subject]).await
    }

    /// What came of judging it: a wrong guess keeps its places, a right one gives them back, and so does what could not be judged.
    pub(crate) async fn judged<R, W>(
        self,
        room: &Room<'_>,
        judged: Result<Guess<R, W>, Error>,
    ) -> Result<Guess<R, W>, Error> {
        if !matches!(judged, Ok(Guess::Wrong(_))) {
            self.give_back(room).await?;
        }
        judged
    }

    /// It was right.
    async fn give_back(self, room: &Room<'_>) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let give = self.0.into_iter().map(|place| Change::GivePlaceBack(Box::new(place))).collect();
        Ok(commit(room, give).await?)
    }
}

/// In a commit of its own: what comes of the attempt must not undo that it was made.
async fn commit(room: &Room<'_>, writes: Vec<Change>) -> Result<(), StoreError> {
    let mut attempt = 0;
    loop {
        let changes = writes.iter().cloned().fold(Changes::system(SystemPermit::Limits), Changes::change);
        match room.store().commit(changes).await {
            Err(StoreError::Conflict | StoreError::AlreadyExists(_)) if attempt < RETRIES => {
                attempt += 1;
                room.coup().pause(attempt).await;
            }
            done => return done.map(drop),
        }
    }
}

/// How long to wait until all of the places can be taken; `None`: they can.
async fn wait(room: &Room<'_>, places: &[Place]) -> Result<Option<TimeDelta>, StoreError> {
    let mut longest = None;
    for place in places {
        let attempts = room.store().attempts(&place.counted).await?;
        if rules::taken(attempts.as_ref(), place).is_none() {
            longest = longest.max(Some(rules::wait(attempts.as_ref(), room.env.now())));
        }
    }
    Ok(longest)
}

/// The refusal, and that it happened.
async fn refused(room: &Room<'_>, way: Way, retry_after: TimeDelta) -> Error {
    if matches!(way, Way::SignIn | Way::Confirm) {
        let event = SecurityEvent {
            kind: SecurityEventType::SignInLimited,
            user: None,
            path: room.ctx.path.clone().unwrap_or_default(),
            ip: room.ctx.ip.clone(),
            count: 1,
            at: room.env.now(),
        };
        if let Err(why) = room.store().commit(Changes::refused(event)).await {
            tracing::warn!(%why, "a refused sign-in could not be kept as a security event");
        }
    }
    Error::TooManyAttempts { retry_after }
}

/// The hash of a device's cookie, of what looks like one.
pub fn device_hash(value: &str) -> Option<TokenHash> {
    (value.len() == 43).then(|| SessionToken::hash(value))
}
