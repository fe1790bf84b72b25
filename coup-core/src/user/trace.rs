//! What was told of somebody before their account was deleted: their name as it was, in events and notifications that others may still
//! read. A job takes it out.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    changes::{Change, Changes, SystemPermit, to_value},
    coup::Coup,
    error::Error,
    id::{JobId, NotificationId, StudyId, UserId},
    job::{
        model::Job,
        worker::{WorkError, Worked, Worker},
    },
    page::Limit,
};

/// The kind of the jobs that take traces out.
pub const KIND: &str = "account.forget";

/// Where something was told. Of each kind they are read in order, so that one is also a place to go on behind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TracePlace {
    /// An event of a study, by its place there.
    StudyEvent(StudyId, i64),
    /// An event of a person's scope, by its place there.
    UserEvent(String, i64),
    /// A notification.
    Notification(NotificationId),
    /// A job; one that somebody works on just now is left as it is.
    Job(JobId),
}

/// Something that was told, with its data as JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Where.
    pub place: TracePlace,
    /// What.
    pub data: Value,
}

/// Takes out of a value what it tells of somebody: names, pictures, what they said when they asked to join. Answers whether there was
/// anything.
///
/// ```
/// use coup_core::user::trace::without;
/// use serde_json::json;
///
/// let mut told = json!({ "author": { "id": "kim", "name": "김민준", "avatar": null }, "content": "안녕" });
/// assert!(without(&mut told, &"kim".parse().unwrap()));
/// assert_eq!(told["author"]["name"], json!(null));
/// assert!(!without(&mut told, &"kim".parse().unwrap()));
/// ```
pub fn without(told: &mut Value, user: &UserId) -> bool {
    match told {
        Value::Array(items) => items.iter_mut().fold(false, |any, item| without(item, user) | any),
        Value::Object(fields) => {
            let is = |field: &str| fields.get(field).and_then(Value::as_str) == Some(user.as_str());
            let (person, member, target) = (is("id"), is("userId"), is("targetId"));
            let of = [
                (person, &["name", "avatar"][..]),
                (member, &["userName", "introduction", "motivation", "level"]),
                (target, &["targetName"]),
            ];
            let mut any = false;
            for field in of.into_iter().filter(|(is_theirs, _)| *is_theirs).flat_map(|(_, fields)| fields) {
                if let Some(value) = fields.get_mut(*field).filter(|value| !value.is_null()) {
                    *value = Value::Null;
                    any = true;
                }
            }
            fields.values_mut().fold(any, |any, value| without(value, user) | any)
        }
        _ => false,
    }
}

/// What a job is asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Forgotten {
    pub(crate) user_id: UserId,
    /// Where they were, or asked to be.
    pub(crate) studies: Vec<StudyId>,
}

impl Forgotten {
    /// Where the kinds of traces begin, one after the other.
    fn begins(&self, stage: usize) -> Option<TracePlace> {
        let rest = [
            TracePlace::UserEvent(String::new(), 0),
            TracePlace::Notification(NotificationId::from_uuid(uuid::Uuid::nil())),
            TracePlace::Job(JobId::from_uuid(uuid::Uuid::nil())),
        ];
        let studies = self.studies.iter().map(|study| TracePlace::StudyEvent(*study, 0));
        studies.chain(rest).nth(stage)
    }
}

/// How far a job is.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Progress {
    stage: usize,
    after: Option<TracePlace>,
}

/// Takes the traces of a deleted account out, a piece at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forget;

#[async_trait]
impl Worker for Forget {
    fn kind(&self) -> &str {
        KIND
    }

    async fn work(&self, coup: &Coup, job: &Job) -> Result<Worked, WorkError> {
        let asked: Forgotten = serde_json::from_value(job.payload.clone()).map_err(WorkError::never)?;
        let progress = job.progress.clone().map(serde_json::from_value::<Progress>).transpose();
        let Progress { stage, after } = progress.map_err(WorkError::never)?.unwrap_or_default();
        let Some(begin) = asked.begins(stage) else { return Ok(Worked::done()) };
        let traces = coup.store().traces(&asked.user_id, &after.unwrap_or(begin), Limit::BATCH).await;
        let traces = traces.map_err(Error::from)?;
        let next = match traces.last() {
            Some(last) if traces.len() >= Limit::BATCH.get() => Progress { stage, after: Some(last.place.clone()) },
            _ => Progress { stage: stage + 1, after: None },
        };
        let mut changes = Changes::system(SystemPermit::Jobs);
        for mut trace in traces {
            if without(&mut trace.data, &asked.user_id) {
                changes = changes.change(Change::Reword(trace));
            }
        }
        Ok(Worked::More { changes: Some(changes), progress: to_value(&next) })
    }
}

/// The payload of a job.
pub(crate) fn payload(asked: &Forgotten) -> Value {
    json!(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kim() -> UserId {
        "kim".parse().unwrap()
    }

    #[test]
    fn what_is_told_of_others_stays() {
        let told = json!({
            "id": "a message", "userId": "lee", "content": "@김민준 kim",
            "author": { "id": "lee", "name": "이서연", "avatar": "/a.png" },
            "replyTo": { "author": { "id": "kim", "name": null, "avatar": null } },
            "userName": "이서연", "targetId": "lee", "targetName": "이서연",
        });
        let mut same = told.clone();
        assert!(!without(&mut same, &kim()));
        assert_eq!(same, told);
    }

    #[test]
    fn names_pictures_and_introductions_go_however_deep_they_stand() {
        let mut told = json!([
            { "user": { "id": "kim", "name": "김민준", "avatar": "/k.png" }, "userId": "kim",
              "introduction": "안녕", "motivation": "공부", "level": "중급", "role": "MEMBER" },
            { "replyTo": { "author": { "id": "kim", "name": "김민준", "avatar": null }, "content": "말" } },
            { "data": { "userId": "kim", "userName": "김민준" } },
            { "targetType": "USER", "targetId": "kim", "targetName": "김민준" },
        ]);
        assert!(without(&mut told, &kim()));
        let text = told.to_string();
        for gone in ["김민준", "k.png", "안녕", "공부", "중급"] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
        assert!(text.contains("MEMBER") && text.contains('말'), "{text}");
    }
}
