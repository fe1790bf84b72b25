//! The way from node to node. What goes over it makes things fast, never true: the rows are the truth, and every node reads
//! them by itself when nobody tells it.

use std::{
    fmt,
    sync::{PoisonError, RwLock, Weak},
};

use serde::{Deserialize, Serialize};

use super::model::Ephemeral;
use crate::{changes::Scope, id::UserId};

/// What nodes tell each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum News {
    /// A scope has events up to this place.
    Head(Scope, i64),
    /// Rights have changed, up to this place among revocations.
    Revoked(i64),
    /// Something that passes.
    Ephemeral(Ephemeral),
    /// Who of a scope is connected to a node; replaces what the node said before.
    Present {
        /// Which node, by a name of its own that lasts as long as its process.
        node: String,
        /// Where.
        scope: Scope,
        /// Everybody there, in order.
        people: Vec<UserId>,
    },
    /// A node wants to hear who is present there.
    WhoIsPresent(Scope),
}

impl News {
    /// The scope that it concerns; `None`: every node.
    pub fn scope(&self) -> Option<&Scope> {
        match self {
            Self::Revoked(_) => None,
            Self::Head(scope, _) | Self::Present { scope, .. } | Self::WhoIsPresent(scope) => Some(scope),
            Self::Ephemeral(ephemeral) => Some(&ephemeral.scope),
        }
    }
}

/// Who hears news on this node.
pub trait Ear: Send + Sync + 'static {
    /// Takes it. Must not wait.
    fn hear(&self, news: &News);
}

/// Brings news to this node's ear and to all other nodes that follow the scope.
///
/// Nothing here waits and nothing fails: a bus that cannot reach the others keeps trying by itself, and what it could not
/// tell meanwhile is lost. This node's ear hears everything, at once, whatever becomes of the rest.
pub trait Bus: Send + Sync + fmt::Debug + 'static {
    /// Tells this node and the others.
    fn tell(&self, news: News);

    /// Who hears on this node from now on.
    fn attach(&self, ear: Weak<dyn Ear>);

    /// This node wants to hear what others tell of the scope.
    fn follow(&self, scope: &Scope);

    /// And no more.
    fn unfollow(&self, scope: &Scope);
}

/// The bus of one node alone.
#[derive(Default)]
pub struct LocalBus(RwLock<Vec<Weak<dyn Ear>>>);

impl LocalBus {
    /// Nobody hears yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for LocalBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalBus").finish_non_exhaustive()
    }
}

impl Bus for LocalBus {
    fn tell(&self, news: News) {
        let ears = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        for ear in ears.iter().filter_map(Weak::upgrade) {
            ear.hear(&news);
        }
    }

    fn attach(&self, ear: Weak<dyn Ear>) {
        let mut ears = self.0.write().unwrap_or_else(PoisonError::into_inner);
        ears.retain(|ear| ear.strong_count() > 0);
        ears.push(ear);
    }

    fn follow(&self, _: &Scope) {}

    fn unfollow(&self, _: &Scope) {}
}
