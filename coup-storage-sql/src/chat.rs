//! Messages, their search index, read marks and events.

use async_trait::async_trait;
use coup_core::{
    changes::Scope,
    chat::model::{Answered, Message, MessageView, Place, ReadMark, Said, Stretch, Written},
    env::Timestamp,
    id::{FileId, MessageId, StudyId, UserId},
    page::{Keyset, Limit},
    store::{ChatReads, Head, StoreError, StoredEvent},
    text::{ClientId, MessageText, Query, bigrams, fold},
    user::model::Person,
};
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql,
    error::corrupt,
    reads::{Args, Conn, RowOf, count, get, rows, run},
    statements::statements,
    user::{PERSON, person, user_id},
};

/// The columns of `messages x`, and of what they answer.
pub(crate) const MESSAGE: &str = "x.id as x_id, x.study_id as x_study_id, x.seq as x_seq, x.client_id as x_client_id, x.user_id as x_user_id, \
    x.content as x_content, x.mentions as x_mentions, x.file_id as x_file_id, x.reply_to_id as x_reply_to_id, x.edited_at as x_edited_at, \
    x.deleted_at as x_deleted_at, x.created_at as x_created_at, x.updated_at as x_updated_at, x.version as x_version, \
    r.id as r_id, r.seq as r_seq, case when r.deleted_at is null then substr(r.content, 1, 200) end as r_content, \
    r.deleted_at as r_deleted_at, w.id as w_id, w.name as w_name, w.avatar as w_avatar";
/// Who wrote `messages x`, and what they answer with who wrote that.
pub(crate) const BESIDE: &str = "join users u on u.id = x.user_id \
    left join messages r on r.id = x.reply_to_id \
    left join users w on w.id = r.user_id";
const _: () = assert!(Answered::SHOWN == 200, "as many characters are read as are shown");

statements! {
    /// Statements of chat.
    ChatSql(words) {
        messages_before: format!(
            "select {MESSAGE}, {PERSON} from messages x {BESIDE} \
             where x.study_id = $1 and x.seq < $2 order by x.seq desc limit $3"
        ),
        messages_after: format!(
            "select {MESSAGE}, {PERSON} from messages x {BESIDE} \
             where x.study_id = $1 and x.seq > $2 order by x.seq limit $3"
        ),
        // Around the message $4 of the study, else around the place $3. The marks are read once, not once a message.
        talk: format!(
            "with marks as materialized (\
              select r.seq from read_marks r \
              join study_members k on k.study_id = r.study_id and k.user_id = r.user_id and k.status = 'ACTIVE' \
              where r.study_id = $1 and r.user_id <> $2), \
             place as materialized (select coalesce((select z.seq from messages z where z.id = $4 and z.study_id = $1), $3) as seq) \
             select {MESSAGE}, {PERSON}, \
             case when x.user_id = $2 and x.deleted_at is null then (select count(*) from marks where marks.seq >= x.seq) end as x_readers \
             from (\
              select * from (select * from messages \
               where study_id = $1 and seq <= (select seq from place) order by seq desc limit $5) older \
              union all \
              select * from (select * from messages \
               where study_id = $1 and seq > (select seq from place) order by seq limit $6) newer) x \
             {BESIDE} \
             order by x.seq"
        ),
        message_anywhere: format!("select {MESSAGE}, {PERSON} from messages x {BESIDE} where x.id = $1"),
        context: format!(
            "with place as materialized (select study_id, seq from messages where id = $1) \
             select {MESSAGE}, {PERSON} from (\
              select * from (select * from messages \
               where study_id = (select study_id from place) and seq <= (select seq from place) order by seq desc limit $2) older \
              union all \
              select * from (select * from messages \
               where study_id = (select study_id from place) and seq > (select seq from place) order by seq limit $3) newer) x \
             {BESIDE} \
             order by x.seq"
        ),
        message: format!(
            "select {MESSAGE}, {PERSON} from messages x {BESIDE} where x.id = $1 and x.study_id = $2"
        ),
        message_by_client_id: format!(
            "select {MESSAGE}, {PERSON} from messages x {BESIDE} where x.user_id = $1 and x.client_id = $2"
        ),
        // Member by member, so that it reads as many people as the study has; $2 are the texts, each after $3, a line break.
        members_called: format!(
            "select k.user_id as u_id, k.name as u_name, k.avatar as u_avatar \
             from (select m.user_id, (select u.name from users u where u.id = m.user_id) as name, \
              (select u.avatar from users u where u.id = m.user_id) as avatar \
              from study_members m where m.study_id = $1 and m.status = 'ACTIVE') k \
             where {find}($2, $3 || k.name) > 0",
            find = words.find,
        ),
        // The index narrows, the text decides.
        search: format!(
            "select {MESSAGE}, {PERSON} {indexed} and x.deleted_at is null and {find}(coalesce(x.folded, x.content), $4) > 0 \
             order by {place} desc limit $5",
            indexed = words.indexed.replace("{join}", BESIDE),
            place = words.indexed_place,
            find = words.find,
        ),
        // One character has no pair.
        search_character: format!(
            "select {MESSAGE}, {PERSON} from messages x {BESIDE} \
             where x.study_id = $1 and x.seq < $2 and x.deleted_at is null and {find}(coalesce(x.folded, x.content), $3) > 0 \
             order by x.seq desc limit $4",
            find = words.find,
        ),
        read_marks: "select r.user_id as r_user_id, r.seq as r_seq \
             from read_marks r \
             join study_members m on m.study_id = r.study_id and m.user_id = r.user_id and m.status = 'ACTIVE' \
             where r.study_id = $1 and r.user_id > $2 \
             order by r.user_id limit $3",
        study_head: "select event_seq, message_seq from study_heads where study_id = $1",
        user_head: "select event_seq from user_heads where user_id = $1",
        study_events: "select seq, kind, at, data from study_events where study_id = $1 and seq > $2 order by seq limit $3",
        user_events: "select seq, kind, at, data from user_events where user_id = $1 and seq > $2 order by seq limit $3",
        is_in_study: "select 1 as one from messages where id = $1 and study_id = $2",
        insert_message: "insert into messages \
             (study_id, seq, id, client_id, user_id, content, folded, mentions, file_id, reply_to_id, edited_at, deleted_at, created_at, \
              updated_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        save_message: "update messages set content = $4, folded = $5, mentions = $6, edited_at = $7, deleted_at = $8, updated_at = $9, \
             version = version + 1 \
             where study_id = $1 and seq = $2 and id = $3 and version = $10",
        index: words.index,
        unindex: words.unindex,
        move_read_mark: "insert into read_marks (study_id, user_id, seq) \
             select h.study_id, $2, case when $3 < h.message_seq then $3 else h.message_seq end from study_heads h where h.study_id = $1 \
             on conflict (study_id, user_id) do update set seq = excluded.seq where excluded.seq > read_marks.seq",
    }
}

/// Reads the columns of [`MESSAGE`] that are the message's own.
pub(crate) fn message<D: Dialect>(row: &RowOf<D>) -> Result<Message, StoreError> {
    let client_id: Option<String> = get::<D, _>(row, "x_client_id")?;
    let mentions: Option<String> = get::<D, _>(row, "x_mentions")?;
    let mentions =
        mentions.map(|ids| serde_json::from_str(&ids).map_err(|why| corrupt("x_mentions", why))).transpose()?;
    let file_id: Option<Uuid> = get::<D, _>(row, "x_file_id")?;
    let reply_to_id: Option<Uuid> = get::<D, _>(row, "x_reply_to_id")?;
    Ok(Message {
        id: MessageId::from_uuid(get::<D, _>(row, "x_id")?),
        study_id: StudyId::from_uuid(get::<D, _>(row, "x_study_id")?),
        seq: get::<D, _>(row, "x_seq")?,
        client_id: client_id.map(ClientId::from_stored),
        user_id: user_id::<D>(row, "x_user_id")?,
        content: MessageText::from_stored(get::<D, _>(row, "x_content")?),
        mentions: mentions.unwrap_or_default(),
        file_id: file_id.map(FileId::from_uuid),
        reply_to_id: reply_to_id.map(MessageId::from_uuid),
        edited_at: get::<D, _>(row, "x_edited_at")?,
        deleted_at: get::<D, _>(row, "x_deleted_at")?,
        created_at: get::<D, _>(row, "x_created_at")?,
        updated_at: get::<D, _>(row, "x_updated_at")?,
        version: get::<D, _>(row, "x_version")?,
    })
}

fn answered<D: Dialect>(row: &RowOf<D>) -> Result<Option<Answered>, StoreError> {
    let Some(id) = get::<D, Option<Uuid>>(row, "r_id")? else { return Ok(None) };
    let author = Person {
        id: user_id::<D>(row, "w_id")?,
        name: get::<D, _>(row, "w_name")?,
        avatar: get::<D, _>(row, "w_avatar")?,
    };
    Ok(Some(Answered {
        id: MessageId::from_uuid(id),
        seq: get::<D, _>(row, "r_seq")?,
        author,
        content: get::<D, _>(row, "r_content")?,
        deleted_at: get::<D, Option<Timestamp>>(row, "r_deleted_at")?,
    }))
}

fn written<D: Dialect>(row: &RowOf<D>) -> Result<Written, StoreError> {
    Ok(Written { message: message::<D>(row)?, author: person::<D>(row)?, reply_to: answered::<D>(row)? })
}

/// Reads the columns of [`MESSAGE`] and [`PERSON`] as others see them.
pub(crate) fn view<D: Dialect>(row: &RowOf<D>) -> Result<MessageView, StoreError> {
    Ok(written::<D>(row)?.view())
}

fn stored_event<D: Dialect>(row: &RowOf<D>) -> Result<StoredEvent, StoreError> {
    let data: String = get::<D, _>(row, "data")?;
    Ok(StoredEvent {
        seq: get::<D, _>(row, "seq")?,
        kind: get::<D, _>(row, "kind")?,
        at: get::<D, _>(row, "at")?,
        data: serde_json::from_str(&data).map_err(|why| corrupt("data", why))?,
    })
}

#[async_trait]
impl<D: Dialect> ChatReads for Reads<D> {
    async fn messages(&self, study: StudyId, stretch: Stretch, limit: Limit) -> Result<Vec<MessageView>, StoreError> {
        let sql = &self.sql().chat;
        let (sql, place) = match stretch {
            Stretch::Latest => (&sql.messages_before, i64::MAX),
            Stretch::Before(place) => (&sql.messages_before, place),
            Stretch::After(place) => (&sql.messages_after, place),
        };
        self.list(sql, Args::new().with(study.as_uuid()).with(place).limit(limit), view::<D>).await
    }

    async fn talk(
        &self,
        study: StudyId,
        reader: &UserId,
        around: Place,
        before: Limit,
        after: Limit,
    ) -> Result<Vec<Said>, StoreError> {
        let (place, message) = match around {
            Place::At(place) => (Some(place), None),
            Place::Of(message) => (None, Some(message.as_uuid())),
        };
        let args = Args::new().with(study.as_uuid()).text(reader.as_str()).with(place).with(message);
        self.list(&self.sql().chat.talk, args.limit(before).limit(after), |row| {
            let readers = match get::<D, Option<i64>>(row, "x_readers")? {
                None => None,
                Some(_) => Some(count::<D>(row, "x_readers")?),
            };
            Ok(Said { message: view::<D>(row)?, readers })
        })
        .await
    }

    async fn message_anywhere(&self, id: MessageId) -> Result<Option<Written>, StoreError> {
        let row = self.row(&self.sql().chat.message_anywhere, Args::new().with(id.as_uuid())).await?;
        row.as_ref().map(written::<D>).transpose()
    }

    async fn context(&self, id: MessageId, before: Limit, after: Limit) -> Result<Vec<Written>, StoreError> {
        // The one itself is read with those before it.
        let args = Args::new().with(id.as_uuid()).limit(before.and_one()).limit(after);
        self.list(&self.sql().chat.context, args, written::<D>).await
    }

    async fn message(&self, study: StudyId, id: MessageId) -> Result<Option<Written>, StoreError> {
        let args = Args::new().with(id.as_uuid()).with(study.as_uuid());
        self.row(&self.sql().chat.message, args).await?.as_ref().map(written::<D>).transpose()
    }

    async fn message_by_client_id(&self, user: &UserId, client_id: &ClientId) -> Result<Option<Written>, StoreError> {
        let args = Args::new().text(user.as_str()).text(client_id.as_str());
        self.row(&self.sql().chat.message_by_client_id, args).await?.as_ref().map(written::<D>).transpose()
    }

    async fn members_called(&self, study: StudyId, texts: &[String]) -> Result<Vec<Person>, StoreError> {
        let lines: String = texts.iter().flat_map(|text| ["\n", text]).collect();
        let args = Args::new().with(study.as_uuid()).with(lines).text("\n");
        self.list(&self.sql().chat.members_called, args, person::<D>).await
    }

    async fn search_messages(
        &self,
        study: StudyId,
        query: &Query,
        before: Option<i64>,
        limit: Limit,
    ) -> Result<Vec<MessageView>, StoreError> {
        let sought = fold(query.as_str());
        let pairs = bigrams(&sought);
        let args = Args::new().with(study.as_uuid()).with(before.unwrap_or(i64::MAX).min(GREATEST_PLACE));
        if pairs.is_empty() {
            return self.list(&self.sql().chat.search_character, args.with(sought).limit(limit), view::<D>).await;
        }
        let args = args.with(D::grams(study, pairs)).with(sought).limit(limit);
        self.list(&self.sql().chat.search, args, view::<D>).await
    }

    async fn read_marks(
        &self,
        study: StudyId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<ReadMark>, StoreError> {
        let args = Args::new().with(study.as_uuid()).text(after.map_or("", |after| after.id.as_str())).limit(limit);
        self.list(&self.sql().chat.read_marks, args, |row| {
            Ok(ReadMark { user_id: user_id::<D>(row, "r_user_id")?, seq: get::<D, _>(row, "r_seq")? })
        })
        .await
    }

    async fn head(&self, scope: &Scope) -> Result<Head, StoreError> {
        let sql = &self.sql().chat;
        match scope {
            Scope::Study(id) => {
                let row = self.row(&sql.study_head, Args::new().with(id.as_uuid())).await?;
                row.map_or(Ok(Head::default()), |row| {
                    Ok(Head {
                        event_seq: get::<D, _>(&row, "event_seq")?,
                        message_seq: get::<D, _>(&row, "message_seq")?,
                    })
                })
            }
            Scope::User(id) => {
                let row = self.row(&sql.user_head, Args::new().text(id.as_str())).await?;
                row.map_or(Ok(Head::default()), |row| {
                    Ok(Head { event_seq: get::<D, _>(&row, "event_seq")?, message_seq: 0 })
                })
            }
        }
    }

    async fn events(&self, scope: &Scope, after: i64, limit: Limit) -> Result<Vec<StoredEvent>, StoreError> {
        let sql = &self.sql().chat;
        let (sql, args) = match scope {
            Scope::Study(id) => (&sql.study_events, Args::new().with(id.as_uuid())),
            Scope::User(id) => (&sql.user_events, Args::new().text(id.as_str())),
        };
        self.list(sql, args.with(after).limit(limit), stored_event::<D>).await
    }
}

/// The search index of SQLite keeps a place in 32 bits.
const GREATEST_PLACE: i64 = 0xffff_ffff;

/// The searched form, where it is another than the content.
fn folded(message: &Message) -> Option<String> {
    let folded = fold(message.content.as_str());
    (folded != message.content.as_str()).then_some(folded)
}

/// The mentioned people as a JSON list, where there are any.
fn mentions(message: &Message) -> Result<Option<String>, StoreError> {
    if message.mentions.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&message.mentions).map(Some).map_err(|why| StoreError::Backend(why.to_string()))
}

/// Writes a message at its place and indexes it.
pub(crate) async fn insert_message<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    message: &Message,
) -> Result<(), StoreError> {
    if message.seq > GREATEST_PLACE {
        return Err(StoreError::Backend("the study has as many messages as fit".to_owned()));
    }
    if let Some(answered) = message.reply_to_id {
        // Messages stay as long as their study: what is found now is there at the commit.
        let args = Args::<D>::new().with(answered.as_uuid()).with(message.study_id.as_uuid());
        if rows::<D>(conn, &sql.chat.is_in_study, args).await?.is_empty() {
            return Err(StoreError::Backend("the message that is answered is not in this study".to_owned()));
        }
    }
    let args = Args::new()
        .with(message.study_id.as_uuid())
        .with(message.seq)
        .with(message.id.as_uuid())
        .maybe(message.client_id.as_ref().map(ClientId::as_str))
        .text(message.user_id.as_str())
        .text(message.content.as_str())
        .with(folded(message))
        .with(mentions(message)?)
        .with(message.file_id.map(|id| id.as_uuid()))
        .with(message.reply_to_id.map(|id| id.as_uuid()))
        .with(message.edited_at)
        .with(message.deleted_at)
        .with(message.created_at)
        .with(message.updated_at)
        .with(message.version);
    run::<D>(conn, &sql.chat.insert_message, args).await?;
    index::<D>(conn, sql, message).await
}

/// A message as it shall be; a deleted one is found no more.
pub(crate) async fn save_message<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    message: &Message,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(message.study_id.as_uuid())
        .with(message.seq)
        .with(message.id.as_uuid())
        .text(message.content.as_str())
        .with(folded(message))
        .with(mentions(message)?)
        .with(message.edited_at)
        .with(message.deleted_at)
        .with(message.updated_at)
        .with(message.version);
    let written = run::<D>(conn, &sql.chat.save_message, args).await?;
    if written > 0 {
        run::<D>(conn, &sql.chat.unindex, Args::new().with(message.study_id.as_uuid()).with(message.seq)).await?;
        index::<D>(conn, sql, message).await?;
    }
    Ok(written)
}

async fn index<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, message: &Message) -> Result<(), StoreError> {
    let pairs = bigrams(&fold(message.content.as_str()));
    if message.deleted_at.is_some() || pairs.is_empty() {
        return Ok(());
    }
    let study = message.study_id;
    let args = Args::new().with(study.as_uuid()).with(message.seq).with(D::grams(study, pairs));
    run::<D>(conn, &sql.chat.index, args).await?;
    Ok(())
}
