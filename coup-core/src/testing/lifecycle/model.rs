//! The model: the specification's rules of moderation, once more and as simply as can be.

use chrono::TimeDelta;

use super::{Act, Answer, Step};
use crate::{
    env::Timestamp,
    moderation::model::{Priority, ReportType},
    policy::{AdminRole, SanctionType},
};

/// Members who report and are reported; the last of them is an administrator, too.
pub(super) const MEMBERS: usize = 5;
/// Administrators by rank; the last is the member who is one.
pub(super) const ADMINS: [AdminRole; 5] =
    [AdminRole::Moderator, AdminRole::Moderator, AdminRole::Admin, AdminRole::SuperAdmin, AdminRole::Admin];
/// The place of the member among the administrators.
const BOTH: usize = 4;

/// A measure: a type, and days where it has any.
pub(super) type Wanted = (SanctionType, Option<u8>);

/// What an appeal is decided to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ruled {
    Uphold,
    Overturn,
    Reduce(Wanted),
}

/// How somebody is shut out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Out {
    Not,
    Until(Timestamp),
    ForEver,
}

/// A step with all that its numbers chose.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deed {
    Report { by: usize, target: usize, kind: ReportType },
    Assign { by: usize, case: usize },
    Release { by: usize, case: usize },
    Hold { by: usize, case: usize },
    Approve { by: usize, case: usize, measure: Option<Wanted> },
    Reject { by: usize, case: usize },
    Impose { by: usize, on: usize, measure: Wanted },
    Lift { by: usize, sanction: usize, mistaken: bool },
    Appeal { by: usize, sanction: usize },
    Decide { by: usize, appeal: usize, ruling: Ruled },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    Open,
    Resolved,
    Rejected,
}

#[derive(Debug, Clone)]
pub(super) struct Case {
    /// A member, or a member's message.
    pub(super) target: usize,
    /// Who, what and when, and how much it counted.
    pub(super) reports: Vec<(usize, ReportType, Timestamp, u32)>,
    pub(super) stands: Stands,
    /// Who has it until when.
    pub(super) holder: Option<(usize, Timestamp)>,
    pub(super) decided_at: Timestamp,
    pub(super) priority: Priority,
}

#[derive(Debug, Clone)]
pub(super) struct Sanction {
    pub(super) user: usize,
    pub(super) by: usize,
    pub(super) case: Option<usize>,
    pub(super) measure: Wanted,
    pub(super) at: Timestamp,
    pub(super) active: bool,
    pub(super) lifted: bool,
    pub(super) mistaken: bool,
    /// When jobs look at it.
    jobs: Vec<Timestamp>,
    pub(super) appeal: Option<usize>,
}

impl Sanction {
    pub(super) fn ends(&self) -> Option<Timestamp> {
        self.measure.1.map(|days| self.at + TimeDelta::days(days.into()))
    }

    pub(super) fn works(&self, now: Timestamp) -> bool {
        self.active && self.measure.0 != SanctionType::Warning && self.ends().is_none_or(|end| now < end)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Appeal {
    pub(super) sanction: usize,
    /// What it was against.
    pub(super) against: Wanted,
    at: Timestamp,
    pub(super) decided: bool,
}

#[derive(Debug)]
pub(super) struct Model {
    now: Timestamp,
    pub(super) cases: Vec<Case>,
    pub(super) sanctions: Vec<Sanction>,
    pub(super) appeals: Vec<Appeal>,
    /// How many notifications each member has.
    pub(super) told: [usize; MEMBERS],
}

fn offender(target: usize) -> usize {
    target % MEMBERS
}

fn may(role: AdminRole, kind: SanctionType) -> bool {
    match kind {
        SanctionType::Warning | SanctionType::ChatBan | SanctionType::FileUploadBan => role >= AdminRole::Moderator,
        SanctionType::StudyCreateBan | SanctionType::Restriction | SanctionType::Suspension => role >= AdminRole::Admin,
        SanctionType::PermanentBan => role == AdminRole::SuperAdmin,
    }
}

/// From the mildest.
fn severity((kind, days): Wanted) -> (usize, u8) {
    let order = [
        SanctionType::Warning,
        SanctionType::FileUploadBan,
        SanctionType::StudyCreateBan,
        SanctionType::ChatBan,
        SanctionType::Restriction,
        SanctionType::Suspension,
        SanctionType::PermanentBan,
    ];
    (order.iter().position(|other| *other == kind).unwrap_or_default(), days.unwrap_or_default())
}

fn measure(number: u8) -> Wanted {
    let kind = SanctionType::ALL[usize::from(number) % 7];
    let days = [1, 3, 7, 30][usize::from(number / 7) % 4];
    let has_days = !matches!(kind, SanctionType::Warning | SanctionType::PermanentBan);
    (kind, has_days.then_some(days))
}

impl Model {
    pub(super) fn new(now: Timestamp) -> Self {
        Self { now, cases: Vec::new(), sanctions: Vec::new(), appeals: Vec::new(), told: [0; MEMBERS] }
    }

    /// Time has passed, and jobs have run; answers whether one was due.
    pub(super) fn pass(&mut self, now: Timestamp) -> bool {
        self.now = now;
        let mut worked = false;
        for sanction in &mut self.sanctions {
            let is_due = sanction.jobs.iter().any(|at| *at <= now);
            sanction.jobs.retain(|at| *at > now);
            worked |= is_due;
            if is_due && sanction.active && sanction.ends().is_some_and(|end| end <= now) {
                sanction.active = false;
                self.told[sanction.user] += 1;
            }
        }
        worked
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// What a step means now; `None` where there is nothing that it could be done to.
    pub(super) fn deed(&self, step: Step) -> Option<Deed> {
        let (on, how) = (usize::from(step.on), step.how);
        let by = usize::from(step.by) % ADMINS.len();
        // Mostly one that is still to be decided.
        let open: Vec<usize> =
            (0..self.cases.len()).filter(|case| how >= 192 || self.cases[*case].stands == Stands::Open).collect();
        let case = || (!open.is_empty()).then(|| open[on % open.len()]);
        let sanction = || (!self.sanctions.is_empty()).then(|| on % self.sanctions.len());
        Some(match step.act {
            Act::Report => Deed::Report {
                // One reports more than all others.
                by: if step.by < 96 { 3 } else { usize::from(step.by) % MEMBERS },
                // Some targets more often than others.
                target: [0, 0, 0, 1, 1, 2, MEMBERS, MEMBERS, MEMBERS + 1, 3][on % 10],
                kind: ReportType::ALL[usize::from(how) % 6],
            },
            Act::Assign => Deed::Assign { by, case: case()? },
            Act::Release => Deed::Release { by, case: case()? },
            Act::Hold => Deed::Hold { by, case: case()? },
            Act::Approve => {
                let measure = (how % 3 == 0).then(|| measure(how));
                Deed::Approve { by, case: case()?, measure }
            }
            Act::Reject => Deed::Reject { by, case: case()? },
            Act::Impose => Deed::Impose { by, on: on % 3, measure: measure(how) },
            Act::Lift => Deed::Lift { by, sanction: sanction()?, mistaken: how % 2 == 0 },
            Act::Appeal => {
                let sanction = sanction()?;
                // Mostly by whom it is of.
                let by = if how < 240 { self.sanctions[sanction].user } else { usize::from(step.by) % MEMBERS };
                Deed::Appeal { by, sanction }
            }
            Act::Decide => {
                let appeal = (!self.appeals.is_empty()).then(|| on % self.appeals.len())?;
                let ruling = match how % 3 {
                    0 => Ruled::Uphold,
                    1 => Ruled::Overturn,
                    _ => Ruled::Reduce(measure(how)),
                };
                Deed::Decide { by, appeal, ruling }
            }
        })
    }

    fn is_shut_out(&self, user: usize) -> bool {
        self.shuts_out(user) != Out::Not
    }

    /// Whether and until when somebody is shut out.
    pub(super) fn shuts_out(&self, user: usize) -> Out {
        let shuts_out = |one: &&Sanction| {
            one.user == user
                && matches!(one.measure.0, SanctionType::Suspension | SanctionType::PermanentBan)
                && one.works(self.now)
        };
        let ends: Vec<_> = self.sanctions.iter().filter(shuts_out).map(Sanction::ends).collect();
        if ends.contains(&None) {
            return Out::ForEver;
        }
        ends.into_iter().flatten().max().map_or(Out::Not, Out::Until)
    }

    /// Whether somebody can chat.
    pub(super) fn is_silenced(&self, user: usize) -> bool {
        self.sanctions.iter().any(|one| {
            one.user == user
                && one.works(self.now)
                && matches!(
                    one.measure.0,
                    SanctionType::ChatBan
                        | SanctionType::Restriction
                        | SanctionType::Suspension
                        | SanctionType::PermanentBan
                )
        })
    }

    /// The strike ladder.
    pub(super) fn recommended(&self, user: usize) -> Wanted {
        let count = |kinds: &[SanctionType]| {
            let counted = |one: &&Sanction| one.user == user && !one.mistaken && kinds.contains(&one.measure.0);
            self.sanctions.iter().filter(counted).count()
        };
        let warned = count(&[SanctionType::Warning]);
        match count(&[SanctionType::Suspension, SanctionType::PermanentBan]) {
            0 if warned == 0 => (SanctionType::Warning, None),
            0 => (SanctionType::Suspension, Some(3)),
            1 => (SanctionType::Suspension, Some(7)),
            2 => (SanctionType::Suspension, Some(30)),
            _ => (SanctionType::PermanentBan, None),
        }
    }

    pub(super) fn act(&mut self, deed: &Deed) -> Answer {
        match deed {
            Deed::Report { by, target, kind } => self.report(*by, *target, *kind),
            Deed::Assign { by, case } => {
                self.take(*by, *case)?;
                self.cases[*case].holder = Some((*by, self.now + TimeDelta::minutes(30)));
                Ok(())
            }
            Deed::Release { by, case } => {
                self.take(*by, *case)?;
                if self.holder(*case).is_none() {
                    return Err("case_not_taken");
                }
                self.cases[*case].holder = None;
                Ok(())
            }
            Deed::Hold { by, case } => {
                self.take(*by, *case)?;
                self.cases[*case].holder = Some((*by, self.now + TimeDelta::days(3)));
                Ok(())
            }
            Deed::Approve { by, case, measure } => {
                self.take(*by, *case)?;
                let user = offender(self.cases[*case].target);
                let measure = measure.unwrap_or_else(|| self.recommended(user));
                self.impose(*by, user, measure, Some(*case))?;
                self.close(*case, Stands::Resolved);
                Ok(())
            }
            Deed::Reject { by, case } => {
                self.take(*by, *case)?;
                self.close(*case, Stands::Rejected);
                Ok(())
            }
            Deed::Impose { by, on, measure } => self.impose(*by, *on, *measure, None),
            Deed::Lift { by, sanction, mistaken } => self.lift(*by, *sanction, *mistaken),
            Deed::Appeal { by, sanction } => self.appeal(*by, *sanction),
            Deed::Decide { by, appeal, ruling } => self.decide(*by, *appeal, *ruling),
        }
    }

    fn report(&mut self, by: usize, target: usize, kind: ReportType) -> Answer {
        let (is_message, is_own) = (target >= MEMBERS, offender(target) == by);
        if is_message && self.is_shut_out(by) {
            return Err("not_found");
        }
        if is_own && !is_message {
            return Err("not_on_oneself");
        }
        if self.is_shut_out(by) {
            return Err("forbidden");
        }
        if is_own {
            return Err("not_on_oneself");
        }
        let own = || self.cases.iter().flat_map(|case| case.reports.iter().map(move |one| (case, one)));
        let own: Vec<_> = own().filter(|(_, (who, ..))| *who == by).collect();
        if let Some((case, (_, before, ..))) = own.iter().rev().find(|(case, _)| case.target == target) {
            if case.stands == Stands::Open {
                return Err("already_reported");
            }
            if *before == kind && self.now < case.decided_at + TimeDelta::days(7) {
                return Err("reported_before");
            }
        }
        let decided = own.iter().filter(|(case, _)| case.stands != Stands::Open).count();
        let upheld = own.iter().filter(|(case, _)| case.stands == Stands::Resolved).count();
        let recent = own.iter().filter(|(_, (_, _, at, _))| *at >= self.now - TimeDelta::hours(24)).count();
        let is_poor = decided >= 6 && upheld * 10 < decided * 3;
        if is_poor && recent >= 3 {
            return Err("report_limit");
        }
        let weight = match decided {
            _ if is_poor => 0,
            6.. => u32::try_from(upheld * 1000 / decided).unwrap_or_default(),
            _ => 1000,
        };
        let report = (by, kind, self.now, weight);
        let open = self.cases.iter().position(|case| case.target == target && case.stands == Stands::Open);
        let case = open.unwrap_or_else(|| {
            let (stands, priority) = (Stands::Open, Priority::Low);
            let decided_at = self.now;
            self.cases.push(Case { target, reports: Vec::new(), stands, holder: None, decided_at, priority });
            self.cases.len() - 1
        });
        self.cases[case].reports.push(report);
        self.cases[case].priority = self.cases[case].priority.max(self.urgency(case));
        Ok(())
    }

    fn urgency(&self, case: usize) -> Priority {
        let of = |kind| match kind {
            ReportType::Safety => 3,
            ReportType::Harassment => 2,
            ReportType::Inappropriate | ReportType::Copyright | ReportType::Other => 1,
            ReportType::Spam => 0,
        };
        let reports = &self.cases[case].reports;
        let counting = reports.iter().filter(|(.., weight)| *weight > 0).map(|(_, kind, ..)| of(*kind)).max();
        let mut step: usize = counting.or_else(|| reports.iter().map(|(_, kind, ..)| of(*kind)).max()).unwrap_or(0);
        let begin = self.now - TimeDelta::hours(24);
        let sum: u32 = reports.iter().filter(|(_, _, at, _)| *at > begin).map(|(.., weight)| *weight).sum();
        if sum >= 5000 {
            step = 3;
        } else if sum >= 3000 {
            step += 1;
        }
        let user = offender(self.cases[case].target);
        let suspended = |one: &Sanction| {
            one.user == user
                && !one.mistaken
                && matches!(one.measure.0, SanctionType::Suspension | SanctionType::PermanentBan)
        };
        if self.sanctions.iter().any(suspended) {
            step += 1;
        }
        Priority::ALL[step.min(3)]
    }

    fn holder(&self, case: usize) -> Option<usize> {
        let case = &self.cases[case];
        let lasts = case.stands == Stands::Open;
        case.holder.filter(|(_, until)| lasts && self.now < *until).map(|(who, _)| who)
    }

    /// Whether the case is shown as somebody's now.
    pub(super) fn is_taken(&self, case: usize) -> bool {
        self.holder(case).is_some()
    }

    fn has_part(&self, by: usize, case: usize) -> bool {
        let case = &self.cases[case];
        by == BOTH && (offender(case.target) == BOTH || case.reports.iter().any(|(who, ..)| *who == BOTH))
    }

    fn take(&self, by: usize, case: usize) -> Answer {
        // Whom a sanction keeps out administers nothing.
        self.administers(by)?;
        if self.has_part(by, case) {
            return Err("not_found");
        }
        if self.cases[case].stands != Stands::Open {
            return Err("case_decided");
        }
        match self.holder(case) {
            Some(other) if other != by && ADMINS[other] >= ADMINS[by] => Err("case_taken"),
            _ => Ok(()),
        }
    }

    fn administers(&self, by: usize) -> Answer {
        let barred = |one: &Sanction| {
            one.user == BOTH
                && one.works(self.now)
                && matches!(
                    one.measure.0,
                    SanctionType::Restriction | SanctionType::Suspension | SanctionType::PermanentBan
                )
        };
        if by == BOTH && self.sanctions.iter().any(barred) { Err("forbidden") } else { Ok(()) }
    }

    fn close(&mut self, case: usize, stands: Stands) {
        self.cases[case].stands = stands;
        self.cases[case].decided_at = self.now;
        for (who, ..) in &self.cases[case].reports {
            self.told[*who] += 1;
        }
    }

    fn impose(&mut self, by: usize, user: usize, measure: Wanted, case: Option<usize>) -> Answer {
        self.administers(by)?;
        if !may(ADMINS[by], measure.0) {
            return Err("forbidden");
        }
        let at = self.now;
        let jobs = measure.1.map(|days| at + TimeDelta::days(days.into())).into_iter().collect();
        let (active, lifted, mistaken) = (true, false, false);
        self.sanctions.push(Sanction { user, by, case, measure, at, active, lifted, mistaken, jobs, appeal: None });
        self.told[user] += 1;
        Ok(())
    }

    fn lift(&mut self, by: usize, place: usize, mistaken: bool) -> Answer {
        self.administers(by)?;
        let now = self.now;
        let sanction = &mut self.sanctions[place];
        if ADMINS[by] < AdminRole::Admin || !may(ADMINS[by], sanction.measure.0) {
            return Err("forbidden");
        }
        let is_over = !sanction.active || sanction.ends().is_some_and(|end| end <= now);
        if sanction.mistaken || (is_over && !mistaken) {
            return Err("sanction_ended");
        }
        sanction.lifted = true;
        sanction.active = false;
        sanction.mistaken |= mistaken;
        self.told[sanction.user] += 1;
        Ok(())
    }

    fn appeal(&mut self, by: usize, place: usize) -> Answer {
        let sanction = &mut self.sanctions[place];
        if sanction.user != by {
            return Err("not_found");
        }
        if sanction.appeal.is_some() {
            return Err("already_appealed");
        }
        if sanction.mistaken {
            return Err("sanction_ended");
        }
        if self.now >= sanction.at + TimeDelta::days(30) {
            return Err("appeal_too_late");
        }
        sanction.appeal = Some(self.appeals.len());
        self.appeals.push(Appeal { sanction: place, against: sanction.measure, at: self.now, decided: false });
        Ok(())
    }

    fn decide(&mut self, by: usize, place: usize, ruling: Ruled) -> Answer {
        self.administers(by)?;
        let (role, now) = (ADMINS[by], self.now);
        if role < AdminRole::Admin {
            return Err("forbidden");
        }
        let sanction = self.appeals[place].sanction;
        let is_own = self.sanctions[sanction].by == by || (by == BOTH && self.sanctions[sanction].user == BOTH);
        // Bans are the one thing that nobody else can decide: who imposed it, after a day.
        let nobody_else = role == AdminRole::SuperAdmin && self.appeals[place].against.0 == SanctionType::PermanentBan;
        let is_late = now >= self.appeals[place].at + TimeDelta::hours(24);
        let has_part = is_own || self.sanctions[sanction].case.is_some_and(|case| self.has_part(by, case));
        if has_part && !(nobody_else && is_late) {
            return Err("not_found");
        }
        if !may(role, self.appeals[place].against.0) {
            return Err("forbidden");
        }
        if self.appeals[place].decided {
            return Err("appeal_decided");
        }
        let sanction = &mut self.sanctions[sanction];
        match ruling {
            Ruled::Uphold => {}
            Ruled::Overturn => {
                sanction.lifted = true;
                sanction.active = false;
                sanction.mistaken = true;
                self.told[sanction.user] += 1;
            }
            Ruled::Reduce(to) => {
                if severity(to) >= severity(sanction.measure) {
                    return Err("invalid_input");
                }
                sanction.measure = to;
                let again = sanction.ends().filter(|end| sanction.active && *end > now);
                sanction.jobs.extend(again);
                self.told[sanction.user] += 1;
            }
        }
        self.appeals[place].decided = true;
        self.told[sanction.user] += 1;
        if sanction.by == BOTH {
            self.told[BOTH] += 1;
        }
        Ok(())
    }
}
