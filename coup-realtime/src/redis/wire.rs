//! Channels' names, and what is sent over them: `[node, news]` as JSON.

use coup_core::{changes::Scope, live::bus::News};
use uuid::Uuid;

/// How this node writes and reads.
pub(super) struct Wire {
    prefix: String,
    node: Uuid,
}

/// What came over a channel.
#[derive(Debug, PartialEq)]
pub(super) enum Read {
    /// Of another node.
    News(News),
    /// Of this one.
    Own,
    /// Of nobody who speaks like us.
    Strange,
}

impl Wire {
    pub(super) fn new(prefix: &str, node: Uuid) -> Self {
        Self { prefix: prefix.to_owned(), node }
    }

    pub(super) fn node(&self) -> Uuid {
        self.node
    }

    /// The channel of a scope.
    pub(super) fn channel(&self, scope: &Scope) -> String {
        match scope {
            Scope::Study(study) => format!("{}:study:{study}", self.prefix),
            Scope::User(user) => format!("{}:user:{user}", self.prefix),
        }
    }

    /// The channel that every node hears.
    pub(super) fn channel_of_all(&self) -> String {
        format!("{}:all", self.prefix)
    }

    /// The channel that news go over.
    pub(super) fn channel_for(&self, news: &News) -> String {
        news.scope().map_or_else(|| self.channel_of_all(), |scope| self.channel(scope))
    }

    /// News in this node's name.
    pub(super) fn write(&self, news: &News) -> Option<Vec<u8>> {
        serde_json::to_vec(&(self.node, news)).ok()
    }

    /// What another node wrote, or this one.
    pub(super) fn read(&self, bytes: &[u8]) -> Read {
        match serde_json::from_slice::<(Uuid, serde_json::Value)>(bytes) {
            Ok((node, _)) if node == self.node => Read::Own,
            Ok((_, news)) => serde_json::from_value(news).map_or(Read::Strange, Read::News),
            Err(_) => Read::Strange,
        }
    }
}

#[cfg(test)]
mod tests {
    use coup_core::live::model::{Ephemeral, EphemeralKind};

    use super::*;

    fn wire(node: u128) -> Wire {
        Wire::new("school", Uuid::from_u128(node))
    }

    fn scopes() -> [Scope; 2] {
        [
            Scope::Study("00000000-0000-0000-0000-000000000007".parse().unwrap()),
            Scope::User("학생/all:1".parse().unwrap()),
        ]
    }

    fn all() -> Vec<News> {
        let mut all = vec![News::Revoked(3)];
        for scope in scopes() {
            let data = serde_json::json!({ "on": true });
            let people = vec!["kim".parse().unwrap(), "이".parse().unwrap()];
            all.extend([
                News::Head(scope.clone(), i64::MAX),
                News::Ephemeral(Ephemeral { scope: scope.clone(), kind: EphemeralKind::Typing, from: None, data }),
                News::Present { node: "n".to_owned(), scope: scope.clone(), people },
                News::WhoIsPresent(scope),
            ]);
        }
        all
    }

    #[test]
    fn what_one_node_writes_another_reads_and_it_does_not_hear_itself() {
        for news in all() {
            let bytes = wire(1).write(&news).unwrap();
            assert_eq!(wire(1).read(&bytes), Read::Own);
            assert_eq!(wire(2).read(&bytes), Read::News(news));
        }
    }

    #[test]
    fn what_is_not_ours_is_strange_and_harms_nobody() {
        let other = Uuid::from_u128(1);
        let later = format!("[\"{other}\",{{\"cache\":1}}]");
        for bytes in [&b""[..], b"\xff", b"[]", b"{}", b"[\"x\",{}]", later.as_bytes()] {
            assert_eq!(wire(2).read(bytes), Read::Strange, "{bytes:?}");
        }
    }

    #[test]
    fn every_scope_has_a_channel_of_its_own_and_every_deployment_its_own() {
        let [study, user] = scopes();
        let names = [wire(1).channel(&study), wire(1).channel(&user), wire(1).channel_of_all()];
        assert_eq!(
            names,
            ["school:study:00000000-0000-0000-0000-000000000007", "school:user:학생/all:1", "school:all"]
        );
        assert_ne!(Wire::new("other", Uuid::nil()).channel(&study), names[0]);
        for news in all() {
            assert!(names.contains(&wire(1).channel_for(&news)));
        }
    }
}
