//! The reader's own studies, and the home of each.

use axum::response::IntoResponse as _;
use coup_core::{
    chat::model::{MessageView, Stretch},
    member::{model::MemberStatus, service::Leave},
    page::Limit,
    policy::{StudyPermission, StudyRole},
};

use super::shown;
use crate::{
    extract::InStudy,
    pages::{
        flash::Flash,
        frame::{Person, Place},
        study::{AskedStudy, HomePage, LatestMessage, MyStudiesPage, MyStudy, StudyTab},
        visit::{Answer, Visit},
    },
};

pub(super) async fn list(visit: Visit) -> Answer {
    let (frame, _) = visit.signed_in(Place::MyStudies).await?;
    let query = visit.query();
    let cursor = Some(query.value("cursor")).filter(|cursor| !cursor.is_empty());
    let page = visit.house.coup.own_studies(&visit.ctx, cursor, Limit::DEFAULT).await?;
    let (first, next) = visit.pages(&frame, page.next_cursor.as_deref());
    let (mut studies, mut asked) = (Vec::new(), Vec::new());
    for own in page.items {
        let (id, name, emoji) = (own.study.id.to_string(), own.study.name.to_string(), own.study.emoji.to_string());
        if own.member.status == MemberStatus::Active {
            studies.push(MyStudy {
                id,
                name,
                emoji,
                role: shown::role(own.member.role),
                members: own.study.member_count,
                unread: own.unread.into(),
                active: own.study.last_activity_at,
                closed: own.study.closed_at.is_some(),
            });
        } else {
            asked.push(AskedStudy { id, name, emoji, asked: own.member.joined_at });
        }
    }
    Ok(MyStudiesPage { frame, studies, asked, first, next }.into_response())
}

pub(super) async fn home(visit: Visit, InStudy(id): InStudy) -> Answer {
    let coup = &visit.house.coup;
    let file = coup.study_file(&visit.ctx, id).await?;
    if !file.is_member() {
        // Who follows a member's link, or was a member, sees what everybody may see.
        return Ok(visit.to(&format!("/studies/{id}")));
    }
    let (frame, waiting) = visit.inside(&file, StudyTab::Home).await?;
    let latest = if file.may(StudyPermission::MessageRead) {
        let few = Limit::parse(Some(10), Limit::MESSAGES)?;
        coup.messages(&visit.ctx, id, Stretch::Latest, None, few).await?.items
    } else {
        Vec::new()
    };
    let people = if file.may(StudyPermission::MemberList) {
        coup.members(&visit.ctx, id, None, Limit::parse(Some(12), Limit::DEFAULT)?).await?.items
    } else {
        Vec::new()
    };
    let owner = people.iter().find(|row| row.member.user_id == file.study.owner_id);
    let owner = owner.map(|row| Person::from(row.user.clone()));
    let mut latest: Vec<LatestMessage> = latest.into_iter().filter_map(latest_message).take(3).collect();
    latest.reverse();
    let page = HomePage {
        study: shown::whole(&file.study, owner),
        unread: waiting.unread.into(),
        requests: waiting.requests.map_or(0, |count| count as u64),
        latest,
        people: people.into_iter().map(|row| row.user.into()).collect(),
        may_leave: file.may(StudyPermission::StudyLeave)
            && file.standing().is_some_and(|standing| standing.role != StudyRole::Owner),
        frame,
    };
    Ok(page.into_response())
}

fn latest_message(message: MessageView) -> Option<LatestMessage> {
    Some(LatestMessage {
        seq: u64::try_from(message.seq).ok()?,
        content: message.content?,
        author: message.author.into(),
        at: message.created_at,
    })
}

pub(super) async fn leave(visit: Visit, InStudy(id): InStudy) -> Answer {
    visit.house.coup.run(&visit.ctx, Leave(id)).await?;
    Ok(visit.done("/my-studies", Flash::Left))
}
