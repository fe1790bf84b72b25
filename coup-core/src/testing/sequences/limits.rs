//! Steps of attempts, and of browsers that are known to accounts.

use chrono::TimeDelta;

use super::{
    Step,
    steps::{Cast, TICKETS, Twice, What, choose, one_of},
};
use crate::{
    changes::{Change, Key},
    env::Timestamp,
    limit::model::{Counted, Device, Place, Way},
    user::model::TokenHash,
};

/// Whose attempts are counted: few, so that places run out.
pub(super) fn counted(one: u8, two: u8) -> Counted {
    Counted { way: one_of(Way::ALL, one % 2, Way::SignIn), subject: one_of(&TICKETS, two % 2, [0; 32]) }
}

fn place(step: Step, now: Timestamp) -> Place {
    // Now and then one of before; some do not count any more when the next one comes.
    let at = now - TimeDelta::seconds(i64::from(step.three % 4));
    let lasts = TimeDelta::hours(i64::from(step.three % 7));
    Place { counted: counted(step.one, step.two), limit: 1 + u32::from(step.three % 2), at, ends_at: at + lasts }
}

impl Cast {
    pub(super) fn limit(&self, step: Step, changes: Twice) -> Twice {
        let now = self.make.later();
        match step.what {
            What::TakePlace => changes.change(&Change::TakePlace(Box::new(place(step, now)))),
            What::GivePlaceBack => changes.change(&Change::GivePlaceBack(Box::new(place(step, now)))),
            _ => {
                let Some(user) = choose(&self.users, step.one) else { return changes };
                if step.what == What::ForgetDevices {
                    return changes.change(&Change::Remove(Key::Devices(user.id.clone())));
                }
                let hash: TokenHash = one_of(&TICKETS, step.two, [0; 32]);
                let expires_at = now + TimeDelta::minutes(i64::from(step.three));
                let device = Device { hash, user: user.id.clone(), seen_at: now, expires_at };
                // A cookie that comes along would move to one that was never there before; here they are few.
                changes.change(&Change::SeenDevice(Box::new(device), None))
            }
        }
    }
}
