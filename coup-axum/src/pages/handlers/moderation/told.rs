//! What the core knows of cases and sanctions, as the views show it.

use coup_core::{
    error::Invalid,
    moderation::{
        model::Snapshot,
        view::{CaseView, EntryView, ReportView},
    },
    policy::{AdminPermission, SanctionType, select},
    sanction::{
        model::{Days, Length, Measure},
        rules::Recommendation,
        service::History,
        view::SanctionView,
    },
    user::model::Person,
};

use super::Desk;
use crate::pages::{
    form::{Choice, Form},
    frame::Frame,
    moderation::{
        Evidence, Holder, MeasureChoice, Named as _, OneReport, PastSanction, Shown,
        words::{measure, of_measure, of_sanction, strikes},
    },
};

pub(super) fn holder(desk: &Desk, case: &CaseView) -> Option<Holder> {
    let name = || case.holder.as_ref().and_then(|person| person.name.clone());
    case.assigned_to.as_ref().map(|who| if *who == desk.me { Holder::Me } else { Holder::Other(name()) })
}

/// Somebody's name, where it is known; of somebody deleted the words for that.
pub(super) fn name(frame: &Frame, person: Option<Person>) -> Option<String> {
    person.map(|person| crate::pages::frame::Person::from(person).shown(frame))
}

/// Whether the asker may decide a case as far as this page knows: the use case knows better.
pub(super) fn may_decide(desk: &Desk, case: &CaseView) -> bool {
    let is_free = case.assigned_to.as_ref().is_none_or(|holder| *holder == desk.me);
    !case.status.is_closed() && is_free && desk.may(AdminPermission::ReportProcess)
}

fn shown(snapshot: Snapshot) -> Shown {
    match snapshot {
        Snapshot::User { name, bio, .. } => Shown::User { name, bio },
        Snapshot::Study { name, emoji, description, tags, .. } => Shown::Study { name, emoji, description, tags },
        Snapshot::Message { content, author, study_name, created_at, edited_at, deleted_at, .. } => Shown::Message {
            content,
            author: author.into(),
            study: study_name,
            at: created_at,
            edited: edited_at.is_some(),
            deleted: deleted_at.is_some(),
        },
    }
}

pub(super) fn report(view: ReportView) -> OneReport {
    OneReport {
        id: view.id.to_string(),
        reporter: view.reporter.map(Into::into),
        kind: view.kind,
        reason: view.reason,
        weight: view.weight.get() / 10,
        shown: view.snapshot.map(shown),
        links: view.links,
        at: view.created_at,
    }
}

pub(super) fn entry(view: EntryView) -> Evidence {
    Evidence { author: view.author.map(Into::into), text: view.text, links: view.links, at: view.created_at }
}

/// Whether the asker's role may lift a sanction of this type.
pub(super) fn may_lift(desk: &Desk, kind: SanctionType) -> bool {
    select::lift(kind).into_iter().all(|permission| desk.may(permission))
}

/// All of somebody's sanctions; who does not rank below the asker is not let off by them either.
pub(super) fn history(frame: &Frame, desk: &Desk, history: History) -> Vec<PastSanction> {
    let is_below = history.is_below;
    history.sanctions.into_iter().map(|view| past(frame, desk, is_below, view)).collect()
}

fn past(frame: &Frame, desk: &Desk, is_below: bool, view: SanctionView) -> PastSanction {
    let may_lift = is_below && may_lift(desk, view.own.kind);
    PastSanction {
        id: view.own.id.to_string(),
        kind: view.own.kind,
        words: of_sanction(frame, &view.own),
        from: view.own.created_at,
        until: view.own.expires_at,
        active: view.own.is_active,
        may_lift: may_lift && !view.mistaken && view.own.lifted_at.is_none(),
        by: name(frame, view.admin),
        lifted_by: name(frame, view.lifter),
        lifted: view.own.lifted_at.map(|at| (at, view.own.lift_reason.unwrap_or_default())),
        mistaken: view.mistaken,
        appeal: view.own.appeal.map(|appeal| appeal.status),
        reason: view.own.reason,
    }
}

/// What counts, what is recommended now, and what would be the next time, in words.
pub(super) fn ladder(frame: &Frame, recommendation: &Recommendation) -> (String, String, String) {
    (
        strikes(frame, recommendation.strikes),
        of_measure(frame, recommendation.measure),
        of_measure(frame, recommendation.next),
    )
}

/// A measure as the form has it: what is for ever is a suspension without end there.
fn spelt(what: Measure) -> (&'static str, String) {
    let kind = if what.kind() == SanctionType::PermanentBan { SanctionType::Suspension } else { what.kind() };
    (kind.name(), what.length().map(|length| length.to_string()).unwrap_or_default())
}

/// The form with a measure chosen in it.
pub(super) fn with_measure(form: Form, what: Option<Measure>) -> Form {
    let Some(what) = what else { return form };
    let (kind, length) = spelt(what);
    form.with("sanction", kind).with("duration", length)
}

/// The types that the asker may impose; the recommended one is marked, the form's one is chosen.
pub(super) fn types(frame: &Frame, desk: &Desk, recommended: Measure, form: &Form) -> Vec<MeasureChoice> {
    let (recommended, _) = spelt(recommended);
    let all = SanctionType::ALL.into_iter().filter(|kind| *kind != SanctionType::PermanentBan);
    let within = all.filter(|kind| desk.may(select::impose(*kind)));
    within
        .map(|kind| MeasureChoice {
            value: kind.name().to_owned(),
            label: frame.t(kind.label()),
            recommended: kind.name() == recommended,
            chosen: kind.name() == form.value("sanction"),
        })
        .collect()
}

/// The lengths of the dialog, with the one that stands in the form.
pub(super) fn lengths(frame: &Frame, desk: &Desk, form: &Form) -> Vec<Choice> {
    let mut days: Vec<u8> = vec![1, 3, 7, 30];
    if let Ok(Length::Days(asked)) = Length::parse("duration", form.value("duration")) {
        days.push(asked.get());
        days.sort_unstable();
        days.dedup();
    }
    let mut all: Vec<Choice> =
        days.into_iter().map(|days| Choice::new(format!("{days}d"), frame.tn("length-days", days))).collect();
    if desk.may(AdminPermission::SanctionPermanentBan) {
        all.push(Choice::new("permanent", frame.t("length-for-ever")));
    }
    all
}

/// The measure that was chosen, if one was.
pub(super) fn chosen(form: &Form) -> Result<Option<Measure>, Invalid> {
    let kind = match form.value("sanction") {
        "" => return Ok(None),
        text => text.parse::<SanctionType>().map_err(|_| Invalid::field("sanction", "unknown_value"))?,
    };
    if kind == SanctionType::Warning {
        // The length beside it means nothing.
        return Ok(Some(Measure::WARNING));
    }
    let length = match form.value("duration") {
        "" => None,
        text => Some(Length::parse("duration", text)?),
    };
    match (kind, length) {
        (SanctionType::Suspension, Some(Length::Permanent)) => Ok(Some(Measure::PERMANENT_BAN)),
        _ => Measure::new(kind, length).map(Some),
    }
}

/// What can be done at once, as far as the role goes: a warning, 3 days, 7 days, a restriction of 7 days.
pub(super) fn quick(frame: &Frame, desk: &Desk) -> Vec<MeasureChoice> {
    let days = |kind, days: u8| (kind, Some(days));
    let all = [
        (SanctionType::Warning, None),
        days(SanctionType::Suspension, 3),
        days(SanctionType::Suspension, 7),
        days(SanctionType::Restriction, 7),
    ];
    let within = all.into_iter().filter(|(kind, _)| desk.may(select::impose(*kind)));
    within
        .map(|(kind, days)| MeasureChoice {
            value: match days {
                Some(days) => format!("{}&duration={days}d", kind.name()),
                None => kind.name().to_owned(),
            },
            label: measure(frame, kind, days),
            recommended: false,
            chosen: false,
        })
        .collect()
}

/// What is milder than this, to reduce it to: shorter ones of the dialog's lengths, and a warning.
pub(super) fn milder(frame: &Frame, from: Measure) -> Vec<MeasureChoice> {
    let days = [30, 7, 3, 1].into_iter().filter_map(|days| Days::new("duration", days).ok());
    let kind = if from.kind() == SanctionType::PermanentBan { SanctionType::Suspension } else { from.kind() };
    let shorter = days.filter_map(|days| Measure::new(kind, Some(Length::Days(days))).ok());
    let all = shorter.chain([Measure::WARNING]).filter(|to| coup_core::sanction::rules::is_reduced(from, *to));
    all.map(|to| {
        let (kind, length) = spelt(to);
        MeasureChoice {
            value: format!("{kind}:{length}"),
            label: of_measure(frame, to),
            recommended: false,
            chosen: false,
        }
    })
    .collect()
}
