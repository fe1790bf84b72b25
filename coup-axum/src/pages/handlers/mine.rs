//! The reader's own studies, and the home of each.

use axum::response::IntoResponse as _;
use coup_core::{
    chat::model::MessageView,
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
    let query = visit.query();
    let cursor = Some(query.value("cursor")).filter(|cursor| !cursor.is_empty());
    let (caller, page) = visit.house.coup.own_studies(&visit.ctx, cursor, Limit::DEFAULT).await?;
    let frame = visit.outside(&caller, Place::MyStudies);
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
    let inside = coup.inside(&visit.ctx, id).await?;
    let file = &inside.file;
    if !file.is_member() {
        // Who follows a member's link, or was a member, sees what everybody may see.
        return Ok(visit.to(&format!("/studies/{id}")));
    }
    let (few, dozen) = (Limit::parse(Some(3), Limit::DEFAULT)?, Limit::parse(Some(12), Limit::DEFAULT)?);
    let glance = coup.glance(file, few, dozen).await?;
    let owner = glance.people.iter().find(|person| person.id == file.study.owner_id).cloned();
    let page = HomePage {
        study: shown::whole(&file.study, owner.map(Person::from)),
        unread: inside.unread.into(),
        requests: inside.requests.map_or(0, u64::from),
        latest: glance.said.into_iter().filter_map(latest_message).collect(),
        people: glance.people.into_iter().map(Person::from).collect(),
        may_leave: file.may(StudyPermission::StudyLeave)
            && file.standing().is_some_and(|standing| standing.role != StudyRole::Owner),
        frame: visit.inside(&inside, StudyTab::Home),
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
