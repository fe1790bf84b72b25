//! Made-up content of moderation's pages: people, sanctions, appeals, the log, and what everybody sees of their own.

use chrono::{DateTime, TimeDelta, Utc};
use coup_axum::pages::{
    Choice, Form, Frame, Person,
    moderation::{
        Account, AdminNav, AdminTab, AppealCard, AppealPage, AppealsPage, ContextPage, ExplainPage, ExplainedRule,
        LiftPage, LogLine, LogPage, MeasureChoice, ModeratedLine, Named as _, OwnReportLine, OwnReportsPage,
        OwnSanctionCard, OwnSanctionsPage, PastSanction, PausePage, RelatedReport, ReportingPage, SanctionPage,
        UnsuspendPage, UserPage, Verdict, Verification, measure,
    },
    study::StudyTab,
};
use coup_core::{
    appeal::model::AppealStatus,
    moderation::model::{CaseStatus, ReportTargetType, ReportType},
    policy::{AdminRole, SanctionType},
    user::model::{AgeBand, UserStatus},
};

use super::{days_ago, inside, now, person, say, signed_in};

pub(super) fn hours(hours: i64) -> DateTime<Utc> {
    now() + TimeDelta::hours(hours)
}

pub(super) fn office(frame: Frame, tab: AdminTab) -> Frame {
    let mut frame = signed_in(frame);
    frame.administers = true;
    frame.admin = Some(AdminNav {
        tab,
        may_read_content: true,
        may_decide_appeals: true,
        may_explain: true,
        may_read_settings: true,
        may_read_logs: true,
    });
    frame
}

pub(super) fn rude(frame: &Frame) -> String {
    say(frame, "그렇게 쉬운 것도 모르면 그냥 나가세요", "If you cannot even do that, just leave")
}

pub(super) fn why(frame: &Frame) -> String {
    say(
        frame,
        "질문할 때마다 이런 식으로 말해서 채팅에 글을 쓰기가 무서워요. 다른 친구에게도 그랬어요",
        "They say things like this whenever somebody asks. I am afraid to write in the chat, and I am not the only one",
    )
}

pub(super) fn ladder(frame: &Frame) -> (String, String, String) {
    let suspension = |days| measure(frame, SanctionType::Suspension, Some(days));
    let counted = say(frame, "경고 1번 · 이용 정지 0번", "1 warning · 0 suspensions");
    (counted, suspension(3), suspension(7))
}

pub(super) fn past(frame: &Frame) -> Vec<PastSanction> {
    let one = |id: &str, kind, days, ago| PastSanction {
        id: id.to_owned(),
        kind,
        words: measure(frame, kind, days),
        reason: say(frame, "다른 사람을 놀리는 말을 되풀이했어요", "Kept making fun of somebody"),
        from: days_ago(ago),
        until: days.map(|days| days_ago(ago - i64::from(days))),
        active: false,
        by: person(frame, 1).name,
        lifted: None,
        lifted_by: None,
        mistaken: false,
        appeal: None,
        may_lift: false,
    };
    vec![
        PastSanction { active: true, may_lift: true, ..one("s3", SanctionType::ChatBan, Some(3), 1) },
        PastSanction {
            lifted: Some((days_ago(39), say(frame, "다른 사람이 쓴 글이었어요", "Somebody else had written it"))),
            lifted_by: person(frame, 2).name,
            mistaken: true,
            appeal: Some(AppealStatus::Overturned),
            ..one("s2", SanctionType::Suspension, Some(3), 41)
        },
        one("s1", SanctionType::Warning, None, 80),
    ]
}

pub(super) fn types(frame: &Frame) -> Vec<MeasureChoice> {
    let all = SanctionType::ALL.into_iter().filter(|kind| *kind != SanctionType::PermanentBan);
    all.map(|kind| MeasureChoice {
        value: kind.name().to_owned(),
        label: frame.t(kind.label()),
        recommended: kind == SanctionType::Suspension,
        chosen: kind == SanctionType::Suspension,
    })
    .collect()
}

pub(super) fn lengths(frame: &Frame) -> Vec<Choice> {
    let days = [1_u8, 3, 7, 30].map(|days| Choice::new(format!("{days}d"), frame.tn("length-days", days)));
    days.into_iter().chain([Choice::new("permanent", frame.t("length-for-ever"))]).collect()
}

pub(super) fn chosen() -> Form {
    Form::of([("sanction", "SUSPENSION"), ("duration", "3d"), ("notify", "true")])
}

/// Somebody's page: suspended and with a history, or without.
pub(super) fn user(frame: Frame, sanctioned: bool) -> UserPage {
    let frame = office(frame, AdminTab::People);
    let quick = [
        (SanctionType::Warning, None),
        (SanctionType::Suspension, Some(3)),
        (SanctionType::Suspension, Some(7)),
        (SanctionType::Restriction, Some(7)),
    ];
    let quick = quick.map(|(kind, days)| MeasureChoice {
        value: kind.name().to_owned(),
        label: measure(&frame, kind, days),
        recommended: false,
        chosen: false,
    });
    let related = |id: &str, target_type, number, kind, status| RelatedReport {
        id: id.to_owned(),
        target_type,
        name: person(&frame, number).name,
        kind,
        status,
        reason: why(&frame),
        at: days_ago(2),
    };
    let about = vec![
        related("r1", ReportTargetType::Message, 5, ReportType::Safety, CaseStatus::Pending),
        related("r7", ReportTargetType::User, 5, ReportType::Harassment, CaseStatus::Resolved),
    ];
    let made = vec![related("r9", ReportTargetType::Study, 3, ReportType::Spam, CaseStatus::Rejected)];
    UserPage {
        account: Account {
            person: person(&frame, 5),
            bio: sanctioned.then(|| say(&frame, "알고리즘을 좋아해요", "I like algorithms")),
            email: Some("student.with.a.long.address@school.example".to_owned()),
            administers: None,
            status: if sanctioned { UserStatus::Suspended } else { UserStatus::Active },
            suspended_until: sanctioned.then(|| hours(50)),
            age: Some(if sanctioned { AgeBand::Under19 } else { AgeBand::Under14 }),
            consent: None,
            created: days_ago(120),
            seen: sanctioned.then(|| days_ago(1)),
            studies: 3,
            messages: 1204,
        },
        received: if sanctioned { (5, 2) } else { (0, 0) },
        about: if sanctioned { about } else { Vec::new() },
        made: if sanctioned { made } else { Vec::new() },
        history: if sanctioned { past(&frame) } else { Vec::new() },
        recommendation: ladder(&frame),
        quick: quick.into(),
        may_sanction: true,
        may_unsuspend: sanctioned,
        may_explain: true,
        frame,
    }
}

/// The sanction dialog.
pub(super) fn sanction(frame: Frame) -> SanctionPage {
    let frame = office(frame, AdminTab::People);
    SanctionPage {
        person: person(&frame, 5),
        measures: types(&frame),
        lengths: lengths(&frame),
        recommendation: ladder(&frame),
        form: chosen(),
        frame,
    }
}

/// Lifting a sanction.
pub(super) fn lift(frame: Frame) -> LiftPage {
    let frame = office(frame, AdminTab::People);
    LiftPage {
        id: "s3".to_owned(),
        what: measure(&frame, SanctionType::ChatBan, Some(3)),
        person: person(&frame, 5),
        form: Form::default(),
        frame,
    }
}

/// Lifting all that suspends somebody.
pub(super) fn unsuspend(frame: Frame) -> UnsuspendPage {
    let frame = office(frame, AdminTab::People);
    let what =
        vec![measure(&frame, SanctionType::Suspension, Some(3)), measure(&frame, SanctionType::PermanentBan, None)];
    UnsuspendPage { person: person(&frame, 5), what, form: Form::default(), frame }
}

fn appeal_card(frame: &Frame, status: AppealStatus) -> AppealCard {
    AppealCard {
        id: "a1".to_owned(),
        who: Some(person(frame, 5)),
        against: measure(frame, SanctionType::Suspension, Some(7)),
        reason: say(frame, "다른 사람을 놀리는 말을 되풀이했어요", "Kept making fun of somebody"),
        text: say(
            frame,
            "제 동생이 제 휴대전화로 쓴 글이에요. 다음부터는 잠가 둘게요",
            "My brother wrote that on my phone. I will lock it from now on",
        ),
        status,
        at: days_ago(2),
    }
}

/// Appeals, or none.
pub(super) fn appeals(frame: Frame, some: bool) -> AppealsPage {
    let frame = office(frame, AdminTab::Appeals);
    let statuses = [AppealStatus::Pending, AppealStatus::Reduced, AppealStatus::Overturned];
    AppealsPage {
        cards: statuses.into_iter().filter(|_| some).map(|status| appeal_card(&frame, status)).collect(),
        form: Form::default(),
        first: None,
        next: None,
        frame,
    }
}

/// An appeal: waiting, or decided.
pub(super) fn appeal(frame: Frame, status: AppealStatus) -> AppealPage {
    let frame = office(frame, AdminTab::Appeals);
    let milder = [Some(3), Some(1)].map(|days| MeasureChoice {
        value: format!("SUSPENSION:{}d", days.unwrap_or_default()),
        label: measure(&frame, SanctionType::Suspension, days),
        recommended: false,
        chosen: false,
    });
    AppealPage {
        card: appeal_card(&frame, status),
        user: "u6".to_owned(),
        report: Some("r1".to_owned()),
        from: days_ago(3),
        until: Some(days_ago(-4)),
        by: person(&frame, 1).name,
        decider: (status != AppealStatus::Pending).then(|| person(&frame, 2).shown(&frame)),
        decided: (status != AppealStatus::Pending)
            .then(|| (now(), say(&frame, "설명을 듣고 기간을 줄였어요", "We heard you, and made it shorter"))),
        milder: milder.into(),
        form: Form::default(),
        frame,
    }
}

/// What was said around a reported message.
pub(super) fn context(frame: Frame) -> ContextPage {
    let frame = office(frame, AdminTab::Messages);
    let line = |number: usize, who, korean: &str, english: &str| ModeratedLine {
        id: format!("m{number}"),
        author: person(&frame, who),
        content: say(&frame, korean, english),
        at: now() - TimeDelta::minutes(60 - i64::try_from(number).unwrap_or_default()),
        edited: false,
        deleted: number == 3,
        reported: false,
    };
    let lines = vec![
        line(1, 2, "소유권이 무슨 뜻이에요?", "What does ownership mean?"),
        ModeratedLine { content: rude(&frame), reported: true, edited: true, ..line(2, 5, "", "") },
        line(3, 3, "그런 말은 하지 말아요", "Please do not say such things"),
    ];
    ContextPage { id: "m1207".to_owned(), lines, may_remove: true, form: Form::default(), frame }
}

/// The audit log: as it is, verified, broken, or with nothing that matches.
pub(super) fn log(frame: Frame, verification: Option<Verification>, some: bool) -> LogPage {
    let frame = office(frame, AdminTab::Logs);
    let line = |seq, action: &str, target: Option<(&str, &str)>, reason: Option<String>| LogLine {
        seq,
        at: now() - TimeDelta::minutes(5),
        admin: (seq != 41).then(|| person(&frame, 1)),
        role: Some(if seq == 41 { "setup".to_owned() } else { "ADMIN".to_owned() }),
        action: action.to_owned(),
        target: target.map(|(kind, id)| (kind.to_owned(), id.to_owned())),
        reason,
        details: vec![("status −".to_owned(), "PENDING".to_owned()), ("status +".to_owned(), "RESOLVED".to_owned())],
        address: Some("192.0.2.7".to_owned()),
        readable: seq != 40,
    };
    let why = say(&frame, "괴롭힘이 분명해요", "Clearly harassment");
    let lines = vec![
        line(43, "REPORT_RESOLVE", Some(("REPORT", "r1")), Some(why)),
        line(42, "AUDIT_VIEW", None, None),
        line(41, "ADMIN_GRANT", Some(("USER", "u2")), None),
        line(40, "USER_VIEW", Some(("USER", "u6")), None),
    ];
    LogPage {
        form: if some { Form::default() } else { Form::of([("action", "USER_DELETE")]) },
        lines: if some { lines } else { Vec::new() },
        may_verify: true,
        verification,
        first: None,
        next: None,
        frame,
    }
}

/// The question who may do what: open, or answered.
pub(super) fn explain(frame: Frame, answered: bool) -> ExplainPage {
    let frame = office(frame, AdminTab::Permissions);
    let permission = say(&frame, "메시지 보내기", "send a message");
    let verdict = Verdict {
        allowed: false,
        permission: permission.clone(),
        role: "study:MEMBER".to_owned(),
        restraints: vec![say(&frame, "채팅 금지", "chat ban")],
        rules: vec![
            ExplainedRule {
                allows: false,
                text: "p, CHAT_BAN, study:message.send, deny".to_owned(),
                place: "policy.csv:120".to_owned(),
                inherited_from: None,
                through: None,
            },
            ExplainedRule {
                allows: true,
                text: "p, study:MEMBER, study:message.send, allow".to_owned(),
                place: "policy.csv:31".to_owned(),
                inherited_from: Some("study:MEMBER".to_owned()),
                through: Some("study:talk".to_owned()),
            },
        ],
        least: Some("study:MEMBER".to_owned()),
    };
    ExplainPage {
        form: if answered {
            Form::of([("permission", "study:message.send"), ("role", "study:MEMBER"), ("userId", "u6")])
        } else {
            Form::default()
        },
        permissions: vec![Choice::new("study:message.send", format!("{permission} (study:message.send)"))],
        roles: vec![Choice::new("study:MEMBER", "study:MEMBER"), Choice::new("study:OWNER", "study:OWNER")],
        verdict: answered.then_some(verdict),
        frame,
    }
}

fn own(frame: &Frame, id: &str, kind: SanctionType, days: Option<u8>) -> OwnSanctionCard {
    OwnSanctionCard {
        id: id.to_owned(),
        kind,
        words: measure(frame, kind, days),
        reason: say(frame, "다른 사람을 놀리는 말을 되풀이했어요", "Kept making fun of somebody"),
        from: days_ago(2),
        until: days.map(|days| days_ago(2 - i64::from(days))),
        active: true,
        lifted: None,
        appealable_until: Some(days_ago(-28)),
        appeal: None,
        ruling: None,
        form: Form::default(),
    }
}

/// One's own sanctions, or none.
pub(super) fn own_sanctions(frame: Frame, some: bool, wrong: bool) -> OwnSanctionsPage {
    let frame = signed_in(frame);
    let error = say(&frame, "꼭 적어 주세요", "This is needed");
    let form = if wrong { Form::default().with_error("text", error) } else { Form::default() };
    let appealed = say(&frame, "동생이 제 휴대전화로 쓴 글이에요", "My brother wrote that on my phone");
    let heard = say(&frame, "설명을 듣고 취소했어요", "We heard you, and overturned it");
    let cards = vec![
        OwnSanctionCard { form, ..own(&frame, "s3", SanctionType::ChatBan, Some(7)) },
        OwnSanctionCard {
            active: false,
            lifted: Some((days_ago(1), heard.clone())),
            appealable_until: None,
            appeal: Some((appealed.clone(), days_ago(2), AppealStatus::Overturned)),
            ruling: Some((Some(AdminRole::Admin), heard)),
            ..own(&frame, "s2", SanctionType::Suspension, Some(3))
        },
        OwnSanctionCard {
            active: false,
            appealable_until: None,
            appeal: Some((appealed, days_ago(2), AppealStatus::Pending)),
            ..own(&frame, "s1", SanctionType::Warning, None)
        },
        OwnSanctionCard { appealable_until: None, ..own(&frame, "s0", SanctionType::PermanentBan, None) },
    ];
    OwnSanctionsPage { cards: if some { cards } else { Vec::new() }, frame }
}

/// One's own reports, or none.
pub(super) fn own_reports(frame: Frame, some: bool) -> OwnReportsPage {
    let frame = signed_in(frame);
    let line = |status: CaseStatus, kind| OwnReportLine {
        target_type: ReportTargetType::Message,
        name: person(&frame, 5).name,
        kind,
        reason: if kind == ReportType::Safety { String::new() } else { why(&frame) },
        status,
        told: status.is_closed().then(|| {
            say(&frame, "알려 주셔서 고마워요. 확인하고 조치했어요", "Thank you for telling us. We looked and acted")
        }),
        at: days_ago(1),
    };
    let lines = vec![line(CaseStatus::Pending, ReportType::Safety), line(CaseStatus::Resolved, ReportType::Harassment)];
    OwnReportsPage { lines: if some { lines } else { Vec::new() }, first: None, next: None, frame }
}

/// Reporting something; with what was wrong.
pub(super) fn reporting(frame: Frame, wrong: bool) -> ReportingPage {
    let frame = signed_in(frame);
    let needed = say(&frame, "꼭 적어 주세요", "This is needed");
    let form = Form::default();
    let form = if wrong { form.with_error("type", needed.clone()).with_error("reason", needed) } else { form };
    ReportingPage {
        target_type: ReportTargetType::Message,
        target_id: "m1207".to_owned(),
        back: "/my-studies".to_owned(),
        form,
        frame,
    }
}

/// Pausing somebody's posting, or letting it go on.
pub(super) fn pause(frame: Frame, paused: bool) -> PausePage {
    let frame = inside(frame, StudyTab::Members);
    let person: Person = person(&frame, 3);
    PausePage {
        study_id: "1".to_owned(),
        person,
        until: paused.then(|| days_ago(-2)),
        form: Form::of([("days", "1")]),
        frame,
    }
}
