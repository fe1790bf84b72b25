//! Steps of moderation: reports, cases, sanctions, appeals, pauses, and what the host says of ages.

use serde_json::{Value, json};

use super::{
    Answer, Step,
    acts::{Act, World, choose, run},
    answer,
};
use crate::{
    admin::service::{GrantAdmin, RevokeAdmin},
    appeal::{
        rules::Ruling,
        service::{CreateAppeal, DecideAppeal},
    },
    coup::{Coup, Ctx, Settings},
    error::{Error, Invalid},
    id::{AppealId, MessageId, NotificationId, ReportId, SanctionId, StudyId, UserId},
    member::pause::PausePosting,
    moderation::{
        content::RemoveMessage,
        decide::{Decision, ProcessReport},
        model::{CaseEntryType, ReportTarget, ReportType},
        report::CreateReport,
        service::{AddToReport, AssignReport, HandUpReport, ReleaseReport},
    },
    notification::{
        model::NotificationFilter,
        service::{ReadAllNotifications, ReadNotification, RemoveNotification},
    },
    page::Limit,
    policy::{AdminRole, SanctionType},
    sanction::{
        model::{Days, Length, Measure},
        service::{Impose, LiftSanction, Unsuspend},
    },
    settings::{key::SettingKey, rules::Patch, service::UpdateSettings},
    text::{AppealText, Note, Words},
    user::{
        age::{RecordConsent, SetAgeBand},
        model::{AdminPermissions, AgeBand},
    },
};

/// Who administers, beside the people.
const ROLES: [AdminRole; 4] = [AdminRole::Viewer, AdminRole::Moderator, AdminRole::Admin, AdminRole::SuperAdmin];

/// What there is of moderation, as far as the answers told.
pub(super) struct Desk {
    number: u16,
    /// With whose doing each is about.
    reports: Vec<ReportId>,
    /// With whom each is of.
    sanctions: Vec<(SanctionId, UserId)>,
    appeals: Vec<AppealId>,
}

impl Desk {
    pub(super) fn new(number: u16) -> Self {
        Self { number, reports: Vec::new(), sanctions: Vec::new(), appeals: Vec::new() }
    }

    /// Everybody who administers, with their role.
    pub(super) fn admins(&self) -> Vec<(UserId, AdminRole)> {
        let admin = |place: usize| {
            UserId::from(uuid::Uuid::from_u64_pair(
                u64::from(self.number),
                1_000 + u64::try_from(place).unwrap_or_default(),
            ))
        };
        ROLES.into_iter().enumerate().map(|(place, role)| (admin(place), role)).collect()
    }

    pub(super) fn reports(&self) -> impl Iterator<Item = ReportId> {
        self.reports.iter().copied()
    }

    pub(super) fn appeals(&self) -> impl Iterator<Item = AppealId> {
        self.appeals.iter().copied()
    }

    fn report(&self, step: Step) -> ReportId {
        choose(&self.reports, step.whom).unwrap_or_else(|| ReportId::from_uuid(uuid::Uuid::nil()))
    }

    /// One of the administrators; now and then somebody who is none.
    fn admin(&self, step: Step, otherwise: Ctx) -> Ctx {
        if step.by >= 230 {
            return otherwise;
        }
        // A viewer less often than who may.
        let place = if step.by.is_multiple_of(16) { 0 } else { 1 + usize::from(step.by) % 3 };
        self.admins().into_iter().nth(place).map_or(otherwise, |(user, _)| Ctx::user(user))
    }

    /// Remembers what an answer made known.
    pub(super) fn learn(&mut self, step: Step, told: &Value) {
        let text = |name: &str| told.get(name).and_then(Value::as_str);
        match step.act {
            Act::Report => self.reports.extend(text("id").and_then(|id| id.parse::<ReportId>().ok())),
            Act::Impose => {
                let sanction = text("id").and_then(|id| id.parse().ok());
                self.sanctions.extend(sanction.zip(text("userId").and_then(|id| id.parse().ok())));
            }
            Act::Appeal => self.appeals.extend(text("id").and_then(|id| id.parse::<AppealId>().ok())),
            _ => {}
        }
    }

    /// Gives the administrators their roles, with an end, so that all of them can be taken again.
    pub(super) async fn open(&self, world: &World, coup: &Coup) -> Vec<Answer> {
        let expires_at = Some(coup.now() + chrono::TimeDelta::days(30_000));
        let mut answers = vec![answer(reset(coup).await)];
        for (user, role) in self.admins() {
            answers.push(world.adopt(coup, &user, role.name()).await);
            let permissions = AdminPermissions::default();
            let granted = coup.as_host("test").run(GrantAdmin { user, role, expires_at, permissions }).await;
            answers.push(answer(granted.map(drop)));
        }
        answers
    }

    /// Nobody of this sequence is under anything any more, and nobody administers.
    pub(super) async fn close(&self, world: &World, coup: &Coup) -> Vec<Answer> {
        let host = coup.as_host("test");
        let mut answers = vec![answer(reset(coup).await)];
        for (user, _) in world.people() {
            answers.push(answer(host.run(SetAgeBand { user: user.clone(), band: None }).await));
            let all = coup.sanction_history(host.ctx(), &user).await.map(|history| history.sanctions);
            let active = all.iter().flatten().filter(|one| one.own.is_active).map(|one| one.own.id).collect::<Vec<_>>();
            answers.push(answer(all));
            for sanction in active {
                let command = LiftSanction { sanction, reason: words("끝났어요"), mistaken: false };
                answers.push(answer(host.run(command).await));
            }
        }
        for (user, _) in self.admins() {
            answers.push(answer(host.run(RevokeAdmin { user }).await));
        }
        answers
    }

    /// A step of moderation; `ctx` is who would do it were it none.
    pub(super) async fn act(&self, coup: &Coup, step: Step, at: Scene) -> Answer {
        let Scene { ctx, study, user, message } = at;
        let (by, report) = (self.admin(step, ctx.clone()), self.report(step));
        match step.act {
            Act::Report => {
                let target = match step.how % 4 {
                    0 => ReportTarget::User(user),
                    1 => ReportTarget::Study(study),
                    _ => ReportTarget::Message(message),
                };
                let kind = one_of(ReportType::ALL, step.study).unwrap_or(ReportType::Other);
                let links =
                    if step.how.is_multiple_of(7) { vec!["https://school.kr/증거".to_owned()] } else { Vec::new() };
                run(coup, &ctx, CreateReport::parse(target, kind, "불편해요", &links)).await
            }
            Act::Assign => {
                let admin = choose(&self.admins(), step.study).filter(|_| step.how.is_multiple_of(3));
                run(coup, &by, Ok(AssignReport { report, admin: admin.map(|(user, _)| user) })).await
            }
            Act::Release => run(coup, &by, Ok(ReleaseReport { report })).await,
            Act::HandUp => {
                let note = step.how.is_multiple_of(2).then(|| Note::from_stored("제 권한 밖이에요".into()));
                run(coup, &by, Ok(HandUpReport { report, note })).await
            }
            Act::AddTo => {
                let kind = one_of(CaseEntryType::ALL, step.how).unwrap_or(CaseEntryType::Note);
                let text = Note::from_stored("지난주에도 있었던 일".into());
                run(coup, &by, Ok(AddToReport { report, kind, text, links: Vec::new() })).await
            }
            Act::Process => {
                let decision = match step.how % 5 {
                    0 => Ok(Decision::Reject { words: words("문제가 없어요") }),
                    1 => Ok(Decision::Hold { until: None }),
                    2 => measure(step).map(|measure| approval(Some(measure))),
                    _ => Ok(approval(None)),
                };
                let note = step.study.is_multiple_of(4).then(|| Note::from_stored("아무도 없어서".into()));
                run(coup, &by, decision.map(|decision| ProcessReport { report, decision, note })).await
            }
            Act::Impose => {
                let command = measure(step).map(|measure| Impose {
                    user,
                    measure,
                    reason: words("도배"),
                    notify: step.how.is_multiple_of(2),
                });
                run(coup, &by, command).await
            }
            Act::Lift => {
                let (sanction, _) = self.sanction(step);
                let mistaken = step.how.is_multiple_of(3);
                run(coup, &by, Ok(LiftSanction { sanction, reason: words("풀어요"), mistaken })).await
            }
            Act::Unsuspend => run(coup, &by, Ok(Unsuspend { user, reason: words("돌아오세요") })).await,
            Act::Switch => switch(coup, &by, step).await,
            Act::Appeal => {
                let (sanction, of) = self.sanction(step);
                let ctx = if step.by >= 230 { ctx } else { Ctx::user(of) };
                let text = AppealText::from_stored("억울해요".into());
                run(coup, &ctx, Ok(CreateAppeal { sanction, text })).await
            }
            Act::Decide => {
                let appeal = choose(&self.appeals, step.whom).unwrap_or_else(|| AppealId::from_uuid(uuid::Uuid::nil()));
                let ruling = match step.how % 3 {
                    0 => Ok(Ruling::Uphold),
                    1 => Ok(Ruling::Overturn),
                    _ => measure(step).map(Ruling::Reduce),
                };
                let words = words("살펴봤어요");
                run(coup, &by, ruling.map(|ruling| DecideAppeal { appeal, ruling, words })).await
            }
            Act::RemoveMessage => run(coup, &by, Ok(RemoveMessage { message, reason: words("욕설") })).await,
            Act::Pause => {
                let until = coup.now() + chrono::TimeDelta::hours(i64::from(step.how) - 8);
                let until = (!step.how.is_multiple_of(5)).then_some(until);
                run(coup, &ctx, Ok(PausePosting { study, user, until })).await
            }
            Act::ReadNotification => {
                let own = coup.notifications(&ctx, NotificationFilter::default(), None, Limit::DEFAULT).await;
                let own: Vec<NotificationId> =
                    own.into_iter().flat_map(|(_, page)| page.items).map(|notification| notification.id).collect();
                let nothing = || NotificationId::from_uuid(uuid::Uuid::nil());
                let one = choose(&own, step.how).unwrap_or_else(nothing);
                match step.how % 8 {
                    0 => run(coup, &ctx, Ok(ReadAllNotifications)).await,
                    1 => run(coup, &ctx, Ok(RemoveNotification(one))).await,
                    _ => run(coup, &ctx, Ok(ReadNotification(one))).await,
                }
            }
            Act::SayAge => {
                let band = one_of(&[AgeBand::Adult, AgeBand::Under19, AgeBand::Under14], step.how);
                answer(coup.as_host("test").run(SetAgeBand { user, band }).await)
            }
            Act::Consent => {
                let given = !step.how.is_multiple_of(3);
                answer(coup.as_host("test").run(RecordConsent { user, given }).await)
            }
            _ => Err("no_step_of_moderation"),
        }
    }

    /// One that was imposed, with whom it is of.
    fn sanction(&self, step: Step) -> (SanctionId, UserId) {
        let nothing = || (SanctionId::from_uuid(uuid::Uuid::nil()), UserId::from(uuid::Uuid::max()));
        choose(&self.sanctions, step.whom).unwrap_or_else(nothing)
    }
}

/// Settings belong to the whole store, which had other sequences before: how often they were changed is left out.
async fn switch(coup: &Coup, by: &Ctx, step: Step) -> Answer {
    let (key, value) = match step.how % 8 {
        0 => (SettingKey::StudyCreation, json!(false)),
        1 => (SettingKey::Chat, json!(false)),
        2 => (SettingKey::MaxCapacity, json!(step.study)),
        3 => (SettingKey::AppealDays, json!(i64::from(step.study) - 5)),
        4..=6 => (SettingKey::StudyCreation, json!(true)),
        _ => (SettingKey::Chat, json!(true)),
    };
    let command = UpdateSettings { patch: Patch::from([(key, value)]), version: None };
    let changed = coup.run(by, command).await;
    answer(changed.map(|view| view.items.into_iter().map(|item| (item.key, item.value)).collect::<Vec<_>>()))
}

/// Every setting is as in the beginning.
async fn reset(coup: &Coup) -> Result<(), Error> {
    let defaults = Settings::default();
    let patch = SettingKey::ALL.iter().map(|key| (*key, key.value(&defaults))).collect();
    coup.as_host("test").run(UpdateSettings { patch, version: None }).await.map(drop)
}

/// What a step of moderation is about.
pub(super) struct Scene {
    pub(super) ctx: Ctx,
    pub(super) study: StudyId,
    pub(super) user: UserId,
    pub(super) message: MessageId,
}

fn words(text: &str) -> Words {
    Words::from_stored(text.to_owned())
}

fn approval(measure: Option<Measure>) -> Decision {
    Decision::Approve { words: words("규칙 위반"), measure, notify: false }
}

/// Mostly one that there is.
fn measure(step: Step) -> Result<Measure, Invalid> {
    let kind = one_of(&SanctionType::ALL, step.study).unwrap_or(SanctionType::Warning);
    let length = match kind {
        SanctionType::Warning | SanctionType::PermanentBan => None,
        _ => Some(Length::Days(Days::new("duration", i64::from(step.how % 31))?)),
    };
    Measure::new(kind, length)
}

fn one_of<T: Copy>(all: &[T], number: u8) -> Option<T> {
    all.get(usize::from(number).checked_rem(all.len())?).copied()
}
