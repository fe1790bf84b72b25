//! All that is a person's own, for giving it to them and for erasing it.

use async_trait::async_trait;

use super::{MemoryStore, Rows};
use crate::{
    changes::{Scope, to_value},
    chat::model::Message,
    id::{MessageId, StudyId, UserId},
    page::Limit,
    store::{Membership, PersonalReads, StoreError},
    text::Email,
    user::trace::{Trace, TracePlace},
};

impl Rows {
    pub(super) fn forget(&mut self, user: &UserId, email: Option<&Email>) {
        self.half_sign_ins.retain(|_, half| half.user != *user);
        self.identities.retain(|_, identity| identity.user != *user);
        self.verifications.retain(|(_, address), _| Some(address) != email);
        self.notifications.retain(|_, notification| notification.user_id != *user);
        self.events.remove(&Scope::User(user.clone()));
        self.read_marks.retain(|(_, reader), _| reader != user);
        self.answers.retain(|(asker, _), _| asker != user);
    }

    pub(super) fn reword(&mut self, trace: Trace) {
        let Trace { place, data } = trace;
        match place {
            TracePlace::StudyEvent(study, seq) => self.reword_event(&Scope::Study(study), seq, data),
            TracePlace::UserEvent(user, seq) => {
                if let Ok(user) = user.parse() {
                    self.reword_event(&Scope::User(user), seq, data);
                }
            }
            TracePlace::Notification(id) => {
                if let (Some(told), Ok(data)) = (self.notifications.get_mut(&id), serde_json::from_value(data)) {
                    told.data = data;
                }
            }
            TracePlace::Job(id) => {
                if let Some(job) = self.jobs.get_mut(&id).filter(|job| job.lease_until.is_none()) {
                    job.payload = data;
                }
            }
        }
    }

    fn reword_event(&mut self, scope: &Scope, seq: i64, data: serde_json::Value) {
        let told = self.events.get_mut(scope).and_then(|told| told.iter_mut().find(|event| event.seq == seq));
        if let Some(event) = told {
            event.data = data;
        }
    }

    fn traces(&self, after: &TracePlace) -> Vec<Trace> {
        let mut traces = Vec::new();
        match after {
            TracePlace::StudyEvent(study, _) => {
                let told = self.events.get(&Scope::Study(*study)).into_iter().flatten();
                traces.extend(
                    told.map(|event| Trace {
                        place: TracePlace::StudyEvent(*study, event.seq),
                        data: event.data.clone(),
                    }),
                );
            }
            TracePlace::UserEvent(..) => {
                for (scope, told) in &self.events {
                    if let Scope::User(user) = scope {
                        traces.extend(told.iter().map(|event| Trace {
                            place: TracePlace::UserEvent(user.to_string(), event.seq),
                            data: event.data.clone(),
                        }));
                    }
                }
            }
            TracePlace::Notification(_) => traces.extend(
                self.notifications
                    .iter()
                    .map(|(id, told)| Trace { place: TracePlace::Notification(*id), data: to_value(&told.data) }),
            ),
            TracePlace::Job(_) => traces.extend(
                self.jobs.iter().map(|(id, job)| Trace { place: TracePlace::Job(*id), data: job.payload.clone() }),
            ),
        }
        traces
    }
}

#[async_trait]
impl PersonalReads for MemoryStore {
    async fn memberships(
        &self,
        user: &UserId,
        after: Option<StudyId>,
        limit: Limit,
    ) -> Result<Vec<Membership>, StoreError> {
        let rows = self.rows();
        let own = rows.members.values().filter(|member| member.user_id == *user);
        let own = own.filter(|member| after.is_none_or(|after| member.study_id > after));
        let of = |member: &crate::member::model::StudyMember| {
            Some(Membership {
                study: rows.studies.get(&member.study_id)?.clone(),
                member: member.clone(),
                read_to: rows.read_marks.get(&(member.study_id, user.clone())).copied(),
            })
        };
        Ok(own.filter_map(of).take(limit.get()).collect())
    }

    async fn messages_by(
        &self,
        user: &UserId,
        after: Option<MessageId>,
        limit: Limit,
    ) -> Result<Vec<Message>, StoreError> {
        let rows = self.rows();
        let own = rows.messages.values().filter(|message| message.user_id == *user);
        let own = own.filter(|message| after.is_none_or(|after| message.id > after));
        Ok(own.take(limit.get()).cloned().collect())
    }

    async fn traces(&self, user: &UserId, after: &TracePlace, limit: Limit) -> Result<Vec<Trace>, StoreError> {
        let name = to_value(user).to_string();
        let mut traces = self.rows().traces(after);
        traces.retain(|trace| trace.place > *after && trace.data.to_string().contains(&name));
        traces.sort_by(|a, b| a.place.cmp(&b.place));
        traces.truncate(limit.get());
        Ok(traces)
    }
}
