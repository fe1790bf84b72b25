//! Made-up content of the pages about a study's members.

use chrono::{DateTime, TimeDelta, Utc};
use coup_axum::pages::{
    Form, Frame,
    member::{
        Answers, Invite, InvitesPage, JoinRequest, KickedPage, Member, MemberTab, MembersPage, Powers, RequestsPage,
        Role, member_tabs,
    },
    study::StudyTab,
};

use super::{days_ago, inside, now, person, say};

pub(super) fn members(frame: Frame, owner: bool) -> MembersPage {
    let frame = inside(frame, StudyTab::Members);
    let member = |number: usize| {
        let role = match number {
            0 => Role::Owner,
            1 => Role::Admin,
            _ => Role::Member,
        };
        let may = Powers {
            appoint: role == Role::Member,
            dismiss: role == Role::Admin,
            transfer: true,
            kick: true,
            pause: true,
            report: true,
        };
        Member {
            person: person(&frame, number),
            role,
            joined: days_ago(80 - 7 * i64::try_from(number).unwrap_or_default()),
            is_me: number == 0,
            paused_until: (owner && number == 3).then(|| days_ago(-2)),
            may: if owner && number > 0 { may } else { Powers { report: number > 0, ..Powers::default() } },
        }
    };
    MembersPage {
        study_id: "1".to_owned(),
        tabs: member_tabs(&frame, "1", 12, owner.then_some(2), MemberTab::Members),
        members: (0..10).map(member).collect(),
        may_invite: owner,
        first: None,
        next: Some("?cursor=x".to_owned()),
        frame,
    }
}

pub(super) fn requests(frame: Frame, any: bool) -> RequestsPage {
    let frame = inside(frame, StudyTab::Requests);
    let asks = vec![
        JoinRequest {
            person: person(&frame, 6),
            answers: Answers {
                introduction: Some(say(
                    &frame,
                    "2학년 강수아예요. 파이썬을 1년쯤 배웠고, 동아리에서 작은 게임을 만들어 봤어요.",
                    "I am Ethan, second year. A year of Python, and a small game in the club.",
                )),
                motivation: Some(say(
                    &frame,
                    "혼자 읽다가 3장에서 두 번 포기했어요. 이번에는 끝까지 읽고 싶어요!",
                    "I gave up at chapter 3 twice. This time I want to finish it!",
                )),
                level: Some("beginner".to_owned()),
            },
            asked: now() - TimeDelta::hours(3),
        },
        JoinRequest { person: person(&frame, 5), answers: Answers::default(), asked: days_ago(1) },
    ];
    RequestsPage {
        study_id: "1".to_owned(),
        tabs: member_tabs(&frame, "1", 12, Some(if any { 2 } else { 0 }), MemberTab::Requests),
        requests: if any { asks } else { Vec::new() },
        full: true,
        problem: None,
        first: None,
        next: None,
        frame,
    }
}

pub(super) fn invites(frame: Frame) -> InvitesPage {
    let frame = inside(frame, StudyTab::Members);
    let link = |code: &str| format!("https://coup.example.org/coup/invites/{code}");
    let made = |code: &str, expires: Option<DateTime<Utc>>, uses: u32, max_uses: Option<u32>, open: bool| Invite {
        code: code.to_owned(),
        link: link(code),
        by: person(&frame, 1),
        expires,
        uses,
        max_uses,
        open,
    };
    InvitesPage {
        study_id: "1".to_owned(),
        tabs: member_tabs(&frame, "1", 12, Some(2), MemberTab::Invites),
        standing_link: link("kite-7412"),
        form: Form::default(),
        expiries: InvitesPage::expiries(&frame),
        invites: vec![
            made("maple-2291", Some(days_ago(-5)), 3, Some(10), true),
            made("river-8830", None, 1, None, true),
            made("stone-1177", Some(days_ago(2)), 5, Some(5), false),
        ],
        first: None,
        next: None,
        frame,
    }
}

pub(super) fn kicked(frame: Frame) -> KickedPage {
    let frame = inside(frame, StudyTab::Members);
    KickedPage {
        study_id: "1".to_owned(),
        tabs: member_tabs(&frame, "1", 12, Some(2), MemberTab::Kicked),
        people: vec![person(&frame, 8)],
        first: None,
        next: None,
        frame,
    }
}
