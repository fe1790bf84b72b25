//! Studies with their tags and seats.

use std::sync::Arc;

use async_trait::async_trait;
use coup_core::{
    env::Timestamp,
    id::{StudyId, UserId},
    member::model::{MemberStatus, StudyInvite},
    page::{Keyset, Limit},
    store::{Browsed, Glance, OwnStudy, StoreError, StudyReads},
    study::model::{Browse, SortOrder, Study, StudySort},
    text::{Category, Description, Emoji, StudyName, Tag, fold},
};
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql, Words,
    chat::{BESIDE, MESSAGE, view},
    error::corrupt,
    member::{INVITE, MEMBER, invite_of, member_of},
    reads::{Args, Conn, RowOf, Way, count, get, parse, run, time, time_and_uuid, uuid, wrong_place},
    statements::statements,
    user::{PERSON, person, user_id},
};

/// Joins a study's seats and head to `studies s`.
pub(crate) const STUDY_OF: &str =
    "left join study_seats t on t.study_id = s.id left join study_heads h on h.study_id = s.id";

/// The columns of a study: of `studies s`, `study_seats t` and `study_heads h`.
pub(crate) fn study_columns(words: &Words) -> String {
    format!(
        "s.id as s_id, s.owner_id as s_owner_id, s.name as s_name, s.emoji as s_emoji, s.description as s_description, \
         s.category as s_category, s.sub_category as s_sub_category, {tags} as s_tags, t.capacity as s_max_members, \
         t.taken as s_member_count, s.is_public as s_is_public, s.auto_approve as s_auto_approve, s.is_recruiting as s_is_recruiting, \
         s.rating as s_rating, s.review_count as s_review_count, s.invite_code as s_invite_code, s.time_zone as s_time_zone, \
         s.hidden_at as s_hidden_at, s.closed_at as s_closed_at, s.closed_by as s_closed_by, s.created_at as s_created_at, \
         s.updated_at as s_updated_at, h.updated_at as s_last_activity_at, s.version as s_version",
        tags = words.tags
    )
}

statements! {
    /// Statements of studies.
    StudySql(words) {
        study: format!("select {} from studies s {STUDY_OF} where s.id = $1", study_columns(words)),
        study_by_code: format!(
            "select {}, {INVITE} \
             from study_codes c \
             join studies s on s.id = c.study_id {STUDY_OF} \
             left join study_invites i on i.id = c.invite_id \
             where c.code = $1",
            study_columns(words)
        ),
        // One's memberships first, each with its study's activity, then a page of them, and only then what a page shows: else all
        // studies of the site would be looked through.
        own_studies: format!(
            "with mine as materialized (\
              select o.*, (select a.updated_at from study_heads a where a.study_id = o.study_id) as active_at \
              from study_members o where o.user_id = $1 and o.status in ('ACTIVE', 'PENDING')), \
             page as materialized (\
              select * from mine \
              where (active_at, study_id) < ($2, $3) \
              order by active_at desc, study_id desc \
              limit $4) \
             select {}, {MEMBER}, \
             (select count(*) from messages x \
              where x.study_id = m.study_id and x.seq > coalesce(r.seq, 0) and x.user_id <> m.user_id and x.deleted_at is null) as unread \
             from page m \
             join studies s on s.id = m.study_id \
             join study_seats t on t.study_id = s.id \
             join study_heads h on h.study_id = s.id \
             left join read_marks r on r.study_id = m.study_id and r.user_id = m.user_id \
             order by m.active_at desc, m.study_id desc",
            study_columns(words)
        ),
        // Messages have no time of joining, members no columns of a message.
        glance: format!(
            "select {MESSAGE}, {PERSON}, null as g_joined_at \
             from (select * from messages where study_id = $1 and deleted_at is null order by seq desc limit $2) x \
             {BESIDE} \
             union all \
             select {nothing}, {PERSON}, m.joined_at \
             from (select user_id, joined_at from study_members \
              where study_id = $1 and status = 'ACTIVE' order by joined_at, user_id limit $3) m \
             join users u on u.id = m.user_id",
            nothing = vec!["null"; MESSAGE.matches(" as ").count()].join(", "),
        ),
        insert_study: "insert into studies \
             (id, owner_id, name, emoji, description, folded, category, sub_category, is_public, auto_approve, is_recruiting, rating, \
              review_count, invite_code, time_zone, hidden_at, closed_at, closed_by, updated_at, version, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        save_study: "update studies set owner_id = $2, name = $3, emoji = $4, description = $5, folded = $6, category = $7, \
             sub_category = $8, is_public = $9, auto_approve = $10, is_recruiting = $11, rating = $12, review_count = $13, \
             invite_code = $14, time_zone = $15, hidden_at = $16, closed_at = $17, closed_by = $18, updated_at = $19, \
             version = version + 1 \
             where id = $1 and version = $20",
        remove_study: "delete from studies where id = $1",
        unindex_study: words.unindex_study,
        insert_code: "insert into study_codes (code, study_id, invite_id) values ($1, $2, $3)",
        save_code: "update study_codes set code = $1 where study_id = $2 and invite_id is null and code <> $1",
        insert_tag: "insert into study_tags (study_id, position, tag) values ($1, $2, $3)",
        remove_tags: "delete from study_tags where study_id = $1",
        insert_seats: "insert into study_seats (study_id, taken, capacity) values ($1, 1, $2)",
        take_seat: "update study_seats set taken = taken + 1 where study_id = $1 and taken < capacity",
        free_seat: "update study_seats set taken = case when taken > 0 then taken - 1 else 0 end where study_id = $1",
        set_capacity: "update study_seats set capacity = $2 where study_id = $1 and taken <= $2",
        insert_head: "insert into study_heads (study_id, event_seq, message_seq, updated_at) values ($1, 0, 0, $2)",
    }
}

/// One statement a sort, order and choice of the two filters that have an index; the other filters may be null.
pub(crate) fn browse_statements(words: &Words) -> Vec<(String, Arc<str>)> {
    let mut all = Vec::new();
    for sort in StudySort::ALL {
        for order in SortOrder::ALL {
            for category in [false, true] {
                for tag in [false, true] {
                    let name = browse_name(*sort, *order, category, tag);
                    all.push((name, browse_text(words, *sort, *order, category, tag).into()));
                }
            }
        }
    }
    all
}

fn browse_name(sort: StudySort, order: SortOrder, category: bool, tag: bool) -> String {
    let mut name = format!("browse_{sort}_{order}");
    if category {
        name.push_str("_category");
    }
    if tag {
        name.push_str("_tag");
    }
    name
}

fn browse_text(words: &Words, sort: StudySort, order: SortOrder, category: bool, tag: bool) -> String {
    // The columns of the index that has the order, of one table.
    let (key, id) = match sort {
        StudySort::CreatedAt => ("s.created_at", "s.id"),
        StudySort::MemberCount => ("t.taken", "t.study_id"),
        StudySort::Rating => ("s.rating", "s.id"),
    };
    let (beyond, order) = match order {
        SortOrder::Asc => (">", "asc"),
        SortOrder::Desc => ("<", "desc"),
    };
    let category_is = if category { " and s.category = $11" } else { "" };
    let tag_place = if category { 12 } else { 11 };
    let has_tag = if tag {
        format!(" and exists (select 1 from study_tags g where g.study_id = s.id and g.tag = ${tag_place})")
    } else {
        String::new()
    };
    format!(
        "select {columns}, (select m.status from study_members m where m.study_id = s.id and m.user_id = $10) as b_status \
         from studies s \
         join study_seats t on t.study_id = s.id \
         join study_heads h on h.study_id = s.id \
         where s.is_public and s.hidden_at is null \
         and ({key}, {id}) {beyond} ($1, $2) \
         and (cast($3 as text) is null or {find}(s.folded, cast($3 as text)) > 0) \
         and (cast($4 as text) is null or s.sub_category = cast($4 as text)) \
         and (cast($5 as boolean) is null or (s.is_recruiting and s.closed_at is null) = cast($5 as boolean)) \
         and (cast($6 as bigint) is null or t.taken >= cast($6 as bigint)) \
         and (cast($7 as bigint) is null or t.taken <= cast($7 as bigint)) \
         and (cast($8 as double precision) is null or s.rating >= cast($8 as double precision))\
         {category_is}{has_tag} \
         order by {key} {order}, {id} {order} \
         limit $9",
        columns = study_columns(words),
        find = words.find,
    )
}

/// Reads a study that an outer join may have left out.
pub(crate) fn study_of<D: Dialect>(row: &RowOf<D>) -> Result<Option<Study>, StoreError> {
    match get::<D, Option<Uuid>>(row, "s_id")? {
        None => Ok(None),
        Some(_) => study::<D>(row).map(Some),
    }
}

fn study<D: Dialect>(row: &RowOf<D>) -> Result<Study, StoreError> {
    let text = |column| get::<D, String>(row, column);
    let tags: Vec<String> = serde_json::from_str(&text("s_tags")?).map_err(|why| corrupt("s_tags", why))?;
    let closed_by = match get::<D, Option<String>>(row, "s_closed_by")? {
        None => None,
        Some(_) => Some(user_id::<D>(row, "s_closed_by")?),
    };
    Ok(Study {
        id: StudyId::from_uuid(get::<D, _>(row, "s_id")?),
        owner_id: user_id::<D>(row, "s_owner_id")?,
        name: StudyName::from_stored(text("s_name")?),
        emoji: Emoji::from_stored(text("s_emoji")?),
        description: Description::from_stored(text("s_description")?),
        category: Category::from_stored(text("s_category")?),
        sub_category: get::<D, Option<String>>(row, "s_sub_category")?.map(Category::from_stored),
        tags: tags.into_iter().map(Tag::from_stored).collect(),
        max_members: count::<D>(row, "s_max_members")?,
        member_count: count::<D>(row, "s_member_count")?,
        is_public: get::<D, _>(row, "s_is_public")?,
        auto_approve: get::<D, _>(row, "s_auto_approve")?,
        is_recruiting: get::<D, _>(row, "s_is_recruiting")?,
        rating: get::<D, _>(row, "s_rating")?,
        review_count: count::<D>(row, "s_review_count")?,
        invite_code: text("s_invite_code")?,
        time_zone: parse::<D, _>(row, "s_time_zone", |name| name.parse().ok())?,
        hidden_at: get::<D, _>(row, "s_hidden_at")?,
        closed_at: get::<D, _>(row, "s_closed_at")?,
        closed_by,
        created_at: get::<D, _>(row, "s_created_at")?,
        updated_at: get::<D, _>(row, "s_updated_at")?,
        last_activity_at: get::<D, _>(row, "s_last_activity_at")?,
        version: get::<D, _>(row, "s_version")?,
    })
}

#[async_trait]
impl<D: Dialect> StudyReads for Reads<D> {
    async fn study(&self, id: StudyId) -> Result<Option<Study>, StoreError> {
        self.row(&self.sql().study.study, Args::new().with(id.as_uuid())).await?.as_ref().map(study::<D>).transpose()
    }

    async fn browse(
        &self,
        reader: &UserId,
        browse: &Browse,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<Browsed>, StoreError> {
        let sort = browse.sort.unwrap_or(StudySort::CreatedAt);
        let order = browse.order.unwrap_or(SortOrder::Desc);
        let way = match order {
            SortOrder::Asc => Way::Up,
            SortOrder::Desc => Way::Down,
        };
        let name = browse_name(sort, order, browse.category.is_some(), browse.tag.is_some());
        let sql = self.sql().browse.iter().find(|(other, _)| *other == name).map(|(_, sql)| sql);
        let sql = sql.ok_or_else(|| StoreError::Backend(format!("no statement {name}")))?;
        let args = match (sort, way) {
            (StudySort::CreatedAt, _) => Args::new().with(time(after, way)?),
            (StudySort::MemberCount, _) => {
                let first = if way == Way::Up { i64::MIN } else { i64::MAX };
                Args::new().with(after.map_or(Some(first), |after| after.key.as_integer()).ok_or_else(wrong_place)?)
            }
            (StudySort::Rating, _) => {
                let first = if way == Way::Up { f64::MIN } else { f64::MAX };
                Args::new().with(after.map_or(first, |after| after.key.as_real()))
            }
        };
        let mut args = args
            .with(uuid(after, way)?)
            .with(browse.query.as_ref().map(|query| fold(query.as_str())))
            .with(browse.sub_category.clone())
            .with(browse.is_recruiting)
            .with(browse.min_members.map(i64::from))
            .with(browse.max_members.map(i64::from))
            .with(browse.min_rating)
            .limit(limit)
            .text(reader.as_str());
        if let Some(category) = &browse.category {
            args = args.text(category);
        }
        if let Some(tag) = &browse.tag {
            args = args.text(tag);
        }
        self.list(sql, args, |row| {
            let status: Option<String> = get::<D, _>(row, "b_status")?;
            let membership = match status {
                None => None,
                Some(_) => Some(parse::<D, _>(row, "b_status", MemberStatus::from_word)?),
            };
            Ok(Browsed { study: study::<D>(row)?, membership })
        })
        .await
    }

    async fn glance(&self, study: StudyId, said: Limit, people: Limit) -> Result<Glance, StoreError> {
        let args = Args::new().with(study.as_uuid()).limit(said).limit(people);
        let (mut newest, mut members) = (Vec::new(), Vec::new());
        for row in self.rows(&self.sql().study.glance, args).await? {
            match get::<D, Option<Timestamp>>(&row, "g_joined_at")? {
                None => newest.push(view::<D>(&row)?),
                Some(joined_at) => members.push((joined_at, person::<D>(&row)?)),
            }
        }
        newest.sort_by_key(|message| message.seq);
        members.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
        Ok(Glance { said: newest, people: members.into_iter().map(|(_, person)| person).collect() })
    }

    async fn study_by_code(&self, code: &str) -> Result<Option<(Study, Option<StudyInvite>)>, StoreError> {
        let row = self.row(&self.sql().study.study_by_code, Args::new().text(code)).await?;
        row.map(|row| Ok((study::<D>(&row)?, invite_of::<D>(&row)?))).transpose()
    }

    async fn own_studies(
        &self,
        user: &UserId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<OwnStudy>, StoreError> {
        let (time, id) = time_and_uuid(after, Way::Down)?;
        let args = Args::new().text(user.as_str()).with(time).with(id).limit(limit);
        self.list(&self.sql().study.own_studies, args, |row| {
            let member = member_of::<D>(row)?.ok_or_else(|| corrupt("m_study_id", "absent"))?;
            Ok(OwnStudy { study: study::<D>(row)?, member, unread: count::<D>(row, "unread")? })
        })
        .await
    }
}

/// What is found in a study by name and description.
fn folded(study: &Study) -> String {
    fold(&format!("{}\n{}", study.name, study.description))
}

fn study_args<D: Dialect>(study: &Study) -> Args<D> {
    Args::new()
        .with(study.id.as_uuid())
        .text(study.owner_id.as_str())
        .text(study.name.as_str())
        .text(study.emoji.as_str())
        .text(study.description.as_str())
        .with(folded(study))
        .text(study.category.as_str())
        .maybe(study.sub_category.as_ref().map(Category::as_str))
        .with(study.is_public)
        .with(study.auto_approve)
        .with(study.is_recruiting)
        .with(study.rating)
        .with(i64::from(study.review_count))
        .text(&study.invite_code)
        .text(study.time_zone.name())
        .with(study.hidden_at)
        .with(study.closed_at)
        .maybe(study.closed_by.as_ref().map(UserId::as_str))
        .with(study.updated_at)
        .with(study.version)
}

/// A study with its tags, its seats (one taken) and its head.
pub(crate) async fn insert_study<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, study: &Study) -> Result<u64, StoreError> {
    let id = study.id.as_uuid();
    let written = run::<D>(conn, &sql.study.insert_study, study_args(study).with(study.created_at)).await?;
    let code = Args::new().text(&study.invite_code).with(id).with(None::<Uuid>);
    run::<D>(conn, &sql.study.insert_code, code).await?;
    insert_tags::<D>(conn, sql, study).await?;
    run::<D>(conn, &sql.study.insert_seats, Args::new().with(id).with(i64::from(study.max_members))).await?;
    run::<D>(conn, &sql.study.insert_head, Args::new().with(id).with(study.created_at)).await?;
    Ok(written)
}

/// A study with its tags; its seats and its head stay.
pub(crate) async fn save_study<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, study: &Study) -> Result<u64, StoreError> {
    let written = run::<D>(conn, &sql.study.save_study, study_args(study)).await?;
    if written > 0 {
        let code = Args::new().text(&study.invite_code).with(study.id.as_uuid());
        run::<D>(conn, &sql.study.save_code, code).await?;
        run::<D>(conn, &sql.study.remove_tags, Args::new().with(study.id.as_uuid())).await?;
        insert_tags::<D>(conn, sql, study).await?;
    }
    Ok(written)
}

async fn insert_tags<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, study: &Study) -> Result<(), StoreError> {
    for (position, tag) in (0_i64..).zip(&study.tags) {
        let args = Args::new().with(study.id.as_uuid()).with(position).text(tag.as_str());
        run::<D>(conn, &sql.study.insert_tag, args).await?;
    }
    Ok(())
}

/// A study with all that is in it: the tables hang on it, the search index may not.
pub(crate) async fn remove_study<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, id: StudyId) -> Result<(), StoreError> {
    run::<D>(conn, &sql.study.unindex_study, Args::new().with(id.as_uuid())).await?;
    run::<D>(conn, &sql.study.remove_study, Args::new().with(id.as_uuid())).await?;
    Ok(())
}
