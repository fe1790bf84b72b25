//! Made-up content of the queue, of a report, and of what is asked before it is decided.

use chrono::TimeDelta;
use coup_axum::pages::{
    Choice, Form, Frame,
    moderation::{
        AdminTab, DecisionPage, Evidence, GivePage, Holder, Named as _, OneReport, ReportActions, ReportCard,
        ReportFilters, ReportPage, ReportsPage, Shown,
    },
};
use coup_core::{
    moderation::model::{CaseStatus, Priority, ReportTargetType, ReportType},
    policy::AdminRole,
};

use super::{
    now, person,
    sample_moderation::{chosen, hours, ladder, lengths, office, past, rude, types, why},
    say, study_name,
};

/// The queue, of messages only or of everything; filtered by what matches nothing, or empty.
pub(super) fn queue(frame: Frame, only_messages: bool, cards: usize, query: &str) -> ReportsPage {
    let frame = office(frame, if only_messages { AdminTab::Messages } else { AdminTab::Reports });
    let card = |number: usize| {
        let (kind, priority, status) = match number {
            0 => (ReportType::Safety, Priority::Urgent, CaseStatus::Pending),
            1 => (ReportType::Harassment, Priority::High, CaseStatus::InProgress),
            2 => (ReportType::Spam, Priority::Low, CaseStatus::InProgress),
            _ => (ReportType::Inappropriate, Priority::Medium, CaseStatus::Resolved),
        };
        let target_type = match number {
            _ if only_messages => ReportTargetType::Message,
            0 | 1 => ReportTargetType::Message,
            2 => ReportTargetType::Study,
            _ => ReportTargetType::User,
        };
        ReportCard {
            id: format!("r{number}"),
            target_type,
            target_id: format!("t{number}"),
            target_name: if number == 4 { None } else { person(&frame, number + 3).name },
            kind,
            priority,
            status,
            reports: if number == 1 { 4 } else { 1 },
            reason: if number == 0 { String::new() } else { why(&frame) },
            holder: match number {
                1 => Some(Holder::Me),
                2 => Some(Holder::Other(person(&frame, 2).name)),
                _ => None,
            },
            held_until: (number == 2).then(|| hours(50)),
            created: now() - TimeDelta::minutes(7 + 400 * i64::try_from(number).unwrap_or_default()),
            may_decide: number < 2,
        }
    };
    let filters = ReportFilters::parse(query);
    ReportsPage {
        cards: (0..cards).map(card).collect(),
        only_messages,
        me: "u1".to_owned(),
        first: None,
        next: (cards > 0).then(|| filters.at(&frame, "/admin/reports", Some("x"))),
        filters,
        frame,
    }
}

fn reports(frame: &Frame) -> Vec<OneReport> {
    let one = |id: &str, reporter, kind, reason, weight, ago| OneReport {
        id: id.to_owned(),
        reporter: Some(person(frame, reporter)),
        kind,
        reason,
        weight,
        shown: Some(Shown::Message {
            content: rude(frame),
            author: person(frame, 5),
            study: study_name(frame),
            at: now() - TimeDelta::minutes(ago + 3),
            edited: true,
            deleted: id == "r2",
        }),
        links: Vec::new(),
        at: now() - TimeDelta::minutes(ago),
    };
    vec![
        OneReport {
            links: vec!["notes.example/evidence/4127".to_owned()],
            ..one("r1", 2, ReportType::Harassment, why(frame), 100, 55)
        },
        one("r2", 3, ReportType::Safety, String::new(), 66, 12),
    ]
}

/// A report: waiting, held by the reader, or decided.
pub(super) fn report(frame: Frame, status: CaseStatus) -> ReportPage {
    let frame = office(frame, AdminTab::Reports);
    let entry = |number, korean: &str, english: &str| Evidence {
        author: Some(person(&frame, number)),
        text: say(&frame, korean, english),
        links: Vec::new(),
        at: now() - TimeDelta::minutes(9),
    };
    let is_open = !status.is_closed();
    let told =
        say(&frame, "알려 주셔서 고마워요. 확인하고 조치했어요", "Thank you for telling us. We looked and acted");
    ReportPage {
        id: "r1".to_owned(),
        target_type: ReportTargetType::Message,
        target_id: "m1207".to_owned(),
        target_name: person(&frame, 5).name,
        kind: ReportType::Safety,
        priority: Priority::Urgent,
        status,
        created: now() - TimeDelta::minutes(55),
        holder: (status == CaseStatus::InProgress).then(|| (Holder::Me, Some(hours(1)))),
        held_until: None,
        escalated_to: is_open.then_some(AdminRole::Admin),
        decided: (!is_open).then(|| (now(), told)),
        decider: (!is_open).then(|| person(&frame, 2).shown(&frame)),
        reports: reports(&frame),
        evidence: vec![entry(1, "같은 사람이 어제도 비슷한 말을 했어요", "They said something like it yesterday, too")],
        notes: vec![entry(2, "방장과 먼저 이야기해 볼게요", "I will talk to the owner first")],
        offender: Some(person(&frame, 5)),
        received: (5, 2),
        history: past(&frame),
        recommendation: Some(ladder(&frame)),
        beyond_right: status == CaseStatus::Pending,
        has_part: false,
        may: ReportActions {
            take: status == CaseStatus::Pending,
            give: is_open,
            release: status == CaseStatus::InProgress,
            hand_up: is_open,
            decide: is_open,
        },
        may_read_around: true,
        form: Form::default(),
        frame,
    }
}

/// The question before a decision.
pub(super) fn decision(frame: Frame, approve: bool, wrong: bool) -> DecisionPage {
    let frame = office(frame, AdminTab::Reports);
    let error = say(&frame, "꼭 적어 주세요", "This is needed");
    let form = if wrong { chosen().with_error("resolution", error) } else { chosen() };
    DecisionPage {
        id: "r1".to_owned(),
        name: format!("{} · {}", frame.t(ReportTargetType::Message.label()), person(&frame, 5).shown(&frame)),
        approve,
        measures: if approve { types(&frame) } else { Vec::new() },
        lengths: lengths(&frame),
        next: approve.then(|| ladder(&frame).2),
        beyond_right: false,
        has_part: false,
        form,
        frame,
    }
}

/// To whom a case is given.
pub(super) fn give(frame: Frame) -> GivePage {
    let frame = office(frame, AdminTab::Reports);
    let choice = |number| Choice::new(person(&frame, number).id.clone(), person(&frame, number).shown(&frame));
    GivePage { id: "r1".to_owned(), administrators: [1, 2].map(choice).into(), form: Form::default(), frame }
}
