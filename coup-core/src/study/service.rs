//! Use cases of studies.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{
    changes::{Change, Changes, EventKind, Key, Row, Scope, to_value},
    coup::{Caller, Command, Coup, Ctx, Prepared, Room, Settings, StudyFile},
    error::{Check, Error, Feature, Invalid, StateError},
    id::StudyId,
    member::{
        model::{MemberStatus, MembershipChange, StudyMember},
        rules::history,
    },
    page::{Key as SortKey, Keyset, Limit, Page, Places},
    policy::{StudyPermission, StudyRole, SystemPermission, Target},
    settings::rules::available,
    store::{self, Browsed, OwnStudy},
    study::{
        model::{Browse, MAX_CAPACITY, SortOrder, Study, StudySort},
        rules,
    },
    text::{self, Category, Description, Emoji, StudyName, Tag},
};

/// Founds a study; the founder is its OWNER.
#[derive(Debug, Clone)]
pub struct CreateStudy {
    /// Its name.
    pub name: StudyName,
    /// Stands before the name.
    pub emoji: Emoji,
    /// What it is about.
    pub description: Description,
    /// Such as 프로그래밍.
    pub category: Category,
    /// Finer than the category.
    pub sub_category: Option<Category>,
    /// Free words.
    pub tags: Vec<Tag>,
    /// Seats, the founder's among them; absent: as many as the settings say.
    pub max_members: Option<u32>,
    /// Whether outsiders see it.
    pub is_public: bool,
    /// Whether a join is at once ACTIVE.
    pub auto_approve: bool,
    /// Whether it takes people in.
    pub is_recruiting: bool,
    /// Local times of events are in it; absent: the site's.
    pub time_zone: Option<Tz>,
}

/// The fields of a study as they were typed; absent ones keep their default or, in an edit, their value.
#[derive(Debug, Clone, Default)]
pub struct StudyFields {
    /// See [`Study`].
    pub name: Option<String>,
    /// See [`Study`].
    pub emoji: Option<String>,
    /// See [`Study`].
    pub description: Option<String>,
    /// See [`Study`].
    pub category: Option<String>,
    /// The inner absence, or an empty text, takes it away.
    pub sub_category: Option<Option<String>>,
    /// See [`Study`].
    pub tags: Option<Vec<String>>,
    /// See [`Study`].
    pub max_members: Option<i64>,
    /// See [`Study`].
    pub is_public: Option<bool>,
    /// See [`Study`].
    pub auto_approve: Option<bool>,
    /// See [`Study`].
    pub is_recruiting: Option<bool>,
    /// An IANA name.
    pub time_zone: Option<String>,
}

fn capacity(n: i64) -> Result<u32, Invalid> {
    if n < 2 {
        return Err(Invalid::bound("maxMembers", "too_small", 2));
    }
    u32::try_from(n)
        .ok()
        .filter(|n| *n <= MAX_CAPACITY)
        .ok_or_else(|| Invalid::bound("maxMembers", "too_great", MAX_CAPACITY.into()))
}

/// Whether the site has room for so many seats in a study.
fn fits(settings: &Settings, seats: u32) -> Result<(), Invalid> {
    if seats > settings.max_capacity {
        return Err(Invalid::bound("maxMembers", "too_great", settings.max_capacity.into()));
    }
    Ok(())
}

impl StudyFields {
    /// Reads an edit.
    pub fn edit(self, study: StudyId) -> Result<UpdateStudy, Invalid> {
        let mut check = Check::default();
        let edit = UpdateStudy {
            study,
            name: self.name.and_then(|text| check.take(StudyName::parse("name", &text))),
            emoji: self.emoji.and_then(|text| check.take(Emoji::parse("emoji", &text))),
            description: self.description.and_then(|text| check.take(Description::parse("description", &text))),
            category: self.category.and_then(|text| check.take(Category::parse("category", &text))),
            sub_category: self.sub_category.map(|text| {
                text.filter(|text| !text.trim().is_empty())
                    .and_then(|text| check.take(Category::parse("subCategory", &text)))
            }),
            tags: self.tags.and_then(|tags| check.take(text::tags("tags", &tags))),
            max_members: self.max_members.and_then(|n| check.take(capacity(n))),
            is_public: self.is_public,
            auto_approve: self.auto_approve,
            is_recruiting: self.is_recruiting,
            time_zone: self
                .time_zone
                .and_then(|name| check.take(name.parse().map_err(|_| Invalid::field("timeZone", "not_a_time_zone")))),
        };
        check.finish()?;
        Ok(edit)
    }

    /// Reads a new study: name, description and category are required.
    pub fn create(self) -> Result<CreateStudy, Invalid> {
        let required = |text: Option<String>| Some(text.unwrap_or_default());
        let emoji = self.emoji.filter(|emoji| !emoji.trim().is_empty()).unwrap_or_else(|| "📚".into());
        let fields = Self {
            name: required(self.name),
            description: required(self.description),
            category: required(self.category),
            emoji: Some(emoji),
            ..self
        };
        // The id is never used: the same reading serves both.
        let edit = fields.edit(StudyId::from_uuid(uuid::Uuid::nil()))?;
        match (edit.name, edit.emoji, edit.description, edit.category) {
            (Some(name), Some(emoji), Some(description), Some(category)) => Ok(CreateStudy {
                name,
                emoji,
                description,
                category,
                sub_category: edit.sub_category.flatten(),
                tags: edit.tags.unwrap_or_default(),
                max_members: edit.max_members,
                is_public: edit.is_public.unwrap_or(true),
                auto_approve: edit.auto_approve.unwrap_or(true),
                is_recruiting: edit.is_recruiting.unwrap_or(true),
                time_zone: edit.time_zone,
            }),
            _ => Err(Invalid::field("name", "required")),
        }
    }
}

/// A study as somebody sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StudyView {
    /// The study.
    #[serde(flatten)]
    pub study: Study,
    /// One's own standing, if any.
    pub membership: Option<StudyMember>,
    /// The standing invite code; only to who may invite.
    pub invite_code: Option<String>,
}

impl StudyView {
    fn new(file: &StudyFile) -> Self {
        Self {
            invite_code: file.may(StudyPermission::StudyInvite).then(|| file.study.invite_code.clone()),
            study: file.study.clone(),
            membership: file.member.clone(),
        }
    }
}

/// A fresh code of 128 bits for an invite.
pub(crate) fn code(room: &Room<'_>) -> String {
    URL_SAFE_NO_PAD.encode(room.env.secret::<16>())
}

impl Command for CreateStudy {
    type Output = StudyView;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<StudyView>, Error> {
        let caller = room.caller().await?;
        let permit = caller.permit(SystemPermission::StudyCreate, Target::Site)?;
        let settings = room.settings();
        available(settings, Feature::StudyCreation)?;
        let max_members = self.max_members.unwrap_or(settings.default_capacity);
        fits(settings, max_members)?;
        let now = room.env.now();
        let study = Study {
            id: StudyId::from_uuid(room.env.uuid()),
            owner_id: caller.user.id.clone(),
            name: self.name.clone(),
            emoji: self.emoji.clone(),
            description: self.description.clone(),
            category: self.category.clone(),
            sub_category: self.sub_category.clone(),
            tags: self.tags.clone(),
            max_members,
            member_count: 1,
            is_public: self.is_public,
            auto_approve: self.auto_approve,
            is_recruiting: self.is_recruiting,
            rating: 0.0,
            review_count: 0,
            invite_code: code(room),
            time_zone: self.time_zone.unwrap_or(settings.time_zone),
            hidden_at: None,
            closed_at: None,
            closed_by: None,
            created_at: now,
            updated_at: now,
            last_activity_at: now,
            version: 0,
        };
        let owner = StudyMember {
            study_id: study.id,
            user_id: caller.user.id.clone(),
            role: StudyRole::Owner,
            status: MemberStatus::Active,
            introduction: None,
            motivation: None,
            level: None,
            posting_paused_until: None,
            joined_at: now,
            approved_at: Some(now),
            version: 0,
        };
        let changes = Changes::permitted(permit)
            .guard(caller.guard())
            .insert(Row::Study(Box::new(study.clone())))
            .insert(Row::Member(Box::new(owner.clone())))
            .insert(history(&room.env, &owner, MembershipChange::Joined, &caller.user.id));
        let view = StudyView { invite_code: Some(study.invite_code.clone()), membership: Some(owner), study };
        Ok(Prepared::new(changes, view))
    }
}

/// Edits a study. Absent: stays.
#[derive(Debug, Clone)]
pub struct UpdateStudy {
    /// Which.
    pub study: StudyId,
    /// See [`Study`].
    pub name: Option<StudyName>,
    /// See [`Study`].
    pub emoji: Option<Emoji>,
    /// See [`Study`].
    pub description: Option<Description>,
    /// See [`Study`].
    pub category: Option<Category>,
    /// The inner absence takes it away.
    pub sub_category: Option<Option<Category>>,
    /// See [`Study`].
    pub tags: Option<Vec<Tag>>,
    /// See [`Study`].
    pub max_members: Option<u32>,
    /// See [`Study`].
    pub is_public: Option<bool>,
    /// See [`Study`].
    pub auto_approve: Option<bool>,
    /// See [`Study`].
    pub is_recruiting: Option<bool>,
    /// See [`Study`].
    pub time_zone: Option<Tz>,
}

impl Command for UpdateStudy {
    type Output = StudyView;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<StudyView>, Error> {
        let mut file = room.study(self.study).await?;
        let mut permits = Vec::new();
        for permission in rules::edit_needs(self) {
            permits.push(file.permit(permission)?);
        }
        file.writable()?;
        let mut permits = permits.into_iter();
        let Some(first) = permits.next() else { return Ok(Prepared::done(StudyView::new(&file))) };
        // What a study has already stays, whatever the site allows by now.
        if let Some(seats) = self.max_members.filter(|seats| *seats > file.study.max_members) {
            fits(room.settings(), seats)?;
        }
        let changes = permits.fold(file.changes(first), Changes::also);
        file.study = Study { updated_at: room.env.now(), ..rules::edited(&file.study, self) };
        let view = StudyView::new(&file);
        let changes = changes.save(Row::Study(Box::new(file.study.clone())));
        let changes = match self.max_members {
            Some(capacity) => changes.change(Change::SetCapacity(self.study, capacity)),
            None => changes,
        };
        let changes =
            changes.event(Scope::Study(self.study), EventKind::StudyUpdated, room.env.now(), to_value(&file.study));
        Ok(Prepared::new(changes, view))
    }

    fn exhausted(&self, _: store::Limit) -> StateError {
        StateError::CapacityTooSmall
    }
}

/// Deletes a study with all that is in it.
#[derive(Debug, Clone, Copy)]
pub struct DeleteStudy(pub StudyId);

impl Command for DeleteStudy {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let file = room.study(self.0).await?;
        let permit = file.permit(StudyPermission::StudyDelete)?;
        // What a moderator hid is evidence.
        if file.study.hidden_at.is_some() {
            return Err(StateError::StudyHidden.into());
        }
        let members = room.store().staff(self.0, StudyRole::Member).await?;
        let gone = serde_json::json!({ "id": self.0 });
        let changes = members
            .into_iter()
            .fold(file.changes(permit).change(Change::Remove(Key::Study(self.0))), |changes, member| {
                changes.event(Scope::User(member), EventKind::StudyDeleted, room.env.now(), gone.clone())
            });
        Ok(Prepared::new(changes, ()))
    }
}

/// Closes a study: readable by its members, nothing writable.
#[derive(Debug, Clone, Copy)]
pub struct CloseStudy(pub StudyId);

impl Command for CloseStudy {
    type Output = StudyView;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<StudyView>, Error> {
        let mut file = room.study(self.0).await?;
        let permit = file.permit(StudyPermission::StudyClose)?;
        file.writable()?;
        let changes = file.changes(permit);
        file.study.closed_at = Some(room.env.now());
        file.study.closed_by = Some(file.caller.user.id.clone());
        Ok(closed_or_open(room, &file, changes, EventKind::StudyClosed))
    }
}

/// Opens a closed study again.
#[derive(Debug, Clone, Copy)]
pub struct ReopenStudy(pub StudyId);

impl Command for ReopenStudy {
    type Output = StudyView;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<StudyView>, Error> {
        let mut file = room.study(self.0).await?;
        let permit = file.permit(StudyPermission::StudyClose)?;
        rules::reopen(&file)?;
        let changes = file.changes(permit);
        file.study.closed_at = None;
        file.study.closed_by = None;
        Ok(closed_or_open(room, &file, changes, EventKind::StudyUpdated))
    }
}

fn closed_or_open(room: &Room<'_>, file: &StudyFile, changes: Changes, kind: EventKind) -> Prepared<StudyView> {
    let changes = changes.save(Row::Study(Box::new(file.study.clone()))).event(
        Scope::Study(file.study.id),
        kind,
        room.env.now(),
        to_value(&file.study),
    );
    Prepared::new(changes, StudyView::new(file))
}

/// Gives the study another standing invite code; the old one lets nobody in any more.
#[derive(Debug, Clone, Copy)]
pub struct RotateInviteCode(pub StudyId);

impl Command for RotateInviteCode {
    type Output = StudyView;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<StudyView>, Error> {
        let mut file = room.study(self.0).await?;
        let permit = file.permit(StudyPermission::StudyInvite)?;
        file.writable()?;
        let changes = file.changes(permit);
        file.study.invite_code = code(room);
        Ok(Prepared::new(changes.save(Row::Study(Box::new(file.study.clone()))), StudyView::new(&file)))
    }
}

impl Coup {
    /// Public studies that fit, a page at a time; and who looks for them.
    pub async fn browse_studies(
        &self,
        ctx: &Ctx,
        browse: &Browse,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<(Caller, Page<Browsed>), Error> {
        let room = self.room(ctx);
        let caller = room.caller().await?;
        caller.require(SystemPermission::StudyBrowse, Target::Site)?;
        rules::browse(browse)?;
        let sort = browse.sort.unwrap_or(StudySort::CreatedAt);
        let order = browse.order.unwrap_or(SortOrder::Desc);
        let list = format!("studies/{sort}/{order}");
        let places = match sort {
            StudySort::CreatedAt => Places::TimeAndUuid,
            StudySort::MemberCount => Places::CountAndUuid,
            StudySort::Rating => Places::RatingAndUuid,
        };
        let after = cursor.map(|cursor| Keyset::decode(cursor, &list, places)).transpose()?;
        let rows = room.store().browse(&caller.user.id, browse, after.as_ref(), limit.and_one()).await?;
        let page = Page::cut(rows, limit, |Browsed { study, .. }| Keyset {
            list: list.clone(),
            key: match sort {
                StudySort::CreatedAt => SortKey::time(study.created_at),
                StudySort::MemberCount => SortKey::Integer(study.member_count.into()),
                StudySort::Rating => SortKey::Real(study.rating),
            },
            id: study.id.to_string(),
        });
        Ok((caller, page))
    }

    /// A study that the caller may see.
    pub async fn study(&self, ctx: &Ctx, id: StudyId) -> Result<StudyView, Error> {
        Ok(StudyView::new(&self.study_file(ctx, id).await?))
    }

    /// A study with what the caller may do in it, for pages.
    pub async fn study_file(&self, ctx: &Ctx, id: StudyId) -> Result<StudyFile, Error> {
        let file = self.room(ctx).study(id).await?;
        readable(&file)?;
        Ok(file)
    }

    /// One's own studies with unread counts, latest activity first; and oneself.
    pub async fn own_studies(
        &self,
        ctx: &Ctx,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<(Caller, Page<OwnStudy>), Error> {
        let room = self.room(ctx);
        let caller = room.caller().await?;
        caller.require(SystemPermission::StudyBrowse, Target::Site)?;
        let after = cursor.map(|cursor| Keyset::decode(cursor, "own-studies", Places::TimeAndUuid)).transpose()?;
        let rows = room.store().own_studies(&caller.user.id, after.as_ref(), limit.and_one()).await?;
        let page = Page::cut(rows, limit, |own| Keyset {
            list: "own-studies".into(),
            key: SortKey::time(own.study.last_activity_at),
            id: own.study.id.to_string(),
        });
        Ok((caller, page))
    }
}

/// Members need the permission to read a study, others the one to browse.
pub(crate) fn readable(file: &StudyFile) -> Result<(), Error> {
    if file.is_member() {
        file.require(StudyPermission::StudyRead)
    } else {
        file.require(SystemPermission::StudyBrowse)
    }
}
