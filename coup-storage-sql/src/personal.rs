//! All that is a person's own, for giving it to them and for erasing it.

use async_trait::async_trait;
use coup_core::{
    changes::to_value,
    chat::model::Message,
    id::{JobId, MessageId, NotificationId, StudyId, UserId},
    page::Limit,
    store::{Membership, PersonalReads, StoreError},
    text::Email,
    user::trace::{Trace, TracePlace},
};
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql,
    chat::{BESIDE, MESSAGE, message},
    error::corrupt,
    member::{MEMBER, member_of},
    reads::{Args, Conn, RowOf, get, run},
    statements::statements,
    study::{STUDY_OF, study_columns, study_of},
};

statements! {
    /// Statements of what is a person's own.
    PersonalSql(words) {
        memberships: format!(
            "select {study}, {MEMBER}, k.seq as k_seq \
             from study_members m \
             join studies s on s.id = m.study_id {STUDY_OF} \
             left join read_marks k on k.study_id = m.study_id and k.user_id = m.user_id \
             where m.user_id = $1 and m.study_id > $2 \
             order by m.study_id \
             limit $3",
            study = study_columns(words),
        ),
        messages_by: format!(
            "select {MESSAGE} from messages x {BESIDE} \
             where x.user_id = $1 and x.id > $2 \
             order by x.id \
             limit $3"
        ),
        study_traces: format!(
            "select seq, data from study_events where study_id = $1 and seq > $2 and {}(data, $3) > 0 order by seq limit $4",
            words.find
        ),
        user_traces: format!(
            "select user_id, seq, data from user_events where (user_id, seq) > ($1, $2) and {}(data, $3) > 0 \
             order by user_id, seq limit $4",
            words.find
        ),
        notification_traces: format!(
            "select id, data from notifications where id > $1 and {}(data, $2) > 0 order by id limit $3",
            words.find
        ),
        job_traces: format!(
            "select id, payload as data from jobs where id > $1 and {}(payload, $2) > 0 order by id limit $3",
            words.find
        ),
        reword_study_event: "update study_events set data = $3 where study_id = $1 and seq = $2",
        reword_user_event: "update user_events set data = $3 where user_id = $1 and seq = $2",
        reword_notification: "update notifications set data = $2 where id = $1",
        reword_job: "update jobs set payload = $2 where id = $1 and lease_until is null",
        forget_half_sign_ins: "delete from half_sign_ins where user_id = $1",
        forget_identities: "delete from oauth_identities where user_id = $1",
        forget_verifications: "delete from verifications where kind in ('SIGN_UP', 'RESET') and email = $1",
        forget_notifications: "delete from notifications where user_id = $1",
        forget_events: "delete from user_events where user_id = $1",
        forget_read_marks: "delete from read_marks where user_id = $1",
        forget_answers: "delete from idempotency_keys where user_id = $1",
    }
}

fn membership<D: Dialect>(row: &RowOf<D>) -> Result<Membership, StoreError> {
    Ok(Membership {
        study: study_of::<D>(row)?.ok_or_else(|| corrupt("s_id", "absent"))?,
        member: member_of::<D>(row)?.ok_or_else(|| corrupt("m_study_id", "absent"))?,
        read_to: get::<D, _>(row, "k_seq")?,
    })
}

fn trace<D: Dialect>(row: &RowOf<D>, place: TracePlace) -> Result<Trace, StoreError> {
    let data: String = get::<D, _>(row, "data")?;
    Ok(Trace { place, data: serde_json::from_str(&data).map_err(|why| corrupt("data", why))? })
}

#[async_trait]
impl<D: Dialect> PersonalReads for Reads<D> {
    async fn memberships(
        &self,
        user: &UserId,
        after: Option<StudyId>,
        limit: Limit,
    ) -> Result<Vec<Membership>, StoreError> {
        let after = after.map_or(Uuid::nil(), |after| after.as_uuid());
        let args = Args::new().text(user.as_str()).with(after).limit(limit);
        self.list(&self.sql().personal.memberships, args, membership::<D>).await
    }

    async fn messages_by(
        &self,
        user: &UserId,
        after: Option<MessageId>,
        limit: Limit,
    ) -> Result<Vec<Message>, StoreError> {
        let after = after.map_or(Uuid::nil(), |after| after.as_uuid());
        let args = Args::new().text(user.as_str()).with(after).limit(limit);
        self.list(&self.sql().personal.messages_by, args, message::<D>).await
    }

    async fn traces(&self, user: &UserId, after: &TracePlace, limit: Limit) -> Result<Vec<Trace>, StoreError> {
        let (sql, name) = (&self.sql().personal, to_value(user).to_string());
        match after {
            TracePlace::StudyEvent(study, seq) => {
                let args = Args::new().with(study.as_uuid()).with(*seq).text(&name).limit(limit);
                let read = |row: &RowOf<D>| trace::<D>(row, TracePlace::StudyEvent(*study, get::<D, _>(row, "seq")?));
                self.list(&sql.study_traces, args, read).await
            }
            TracePlace::UserEvent(person, seq) => {
                let args = Args::new().text(person).with(*seq).text(&name).limit(limit);
                let read = |row: &RowOf<D>| {
                    trace::<D>(row, TracePlace::UserEvent(get::<D, _>(row, "user_id")?, get::<D, _>(row, "seq")?))
                };
                self.list(&sql.user_traces, args, read).await
            }
            TracePlace::Notification(id) => {
                let args = Args::new().with(id.as_uuid()).text(&name).limit(limit);
                let read = |row: &RowOf<D>| {
                    trace::<D>(row, TracePlace::Notification(NotificationId::from_uuid(get::<D, _>(row, "id")?)))
                };
                self.list(&sql.notification_traces, args, read).await
            }
            TracePlace::Job(id) => {
                let args = Args::new().with(id.as_uuid()).text(&name).limit(limit);
                let read = |row: &RowOf<D>| trace::<D>(row, TracePlace::Job(JobId::from_uuid(get::<D, _>(row, "id")?)));
                self.list(&sql.job_traces, args, read).await
            }
        }
    }
}

pub(crate) async fn reword<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, trace: &Trace) -> Result<u64, StoreError> {
    let (sql, data) = (&sql.personal, trace.data.to_string());
    let (statement, args) = match &trace.place {
        TracePlace::StudyEvent(study, seq) => {
            (&sql.reword_study_event, Args::<D>::new().with(study.as_uuid()).with(*seq))
        }
        TracePlace::UserEvent(user, seq) => (&sql.reword_user_event, Args::new().text(user).with(*seq)),
        TracePlace::Notification(id) => (&sql.reword_notification, Args::new().with(id.as_uuid())),
        TracePlace::Job(id) => (&sql.reword_job, Args::new().with(id.as_uuid())),
    };
    run::<D>(conn, statement, args.text(&data)).await
}

pub(crate) async fn forget<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    user: &UserId,
    email: Option<&Email>,
) -> Result<(), StoreError> {
    let sql = &sql.personal;
    let of_person = [
        &sql.forget_half_sign_ins,
        &sql.forget_identities,
        &sql.forget_notifications,
        &sql.forget_events,
        &sql.forget_read_marks,
        &sql.forget_answers,
    ];
    for statement in of_person {
        run::<D>(conn, statement, Args::new().text(user.as_str())).await?;
    }
    if let Some(email) = email {
        run::<D>(conn, &sql.forget_verifications, Args::new().text(email.as_str())).await?;
    }
    Ok(())
}
