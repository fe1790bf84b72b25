//! What people see of a study, and of all studies.

use serde_json::json;

use super::{Answers, Step, acts::World, answer};
use crate::{
    chat::model::{Place, Stretch},
    coup::{Coup, Ctx},
    error::{Error, StateError},
    id::StudyId,
    moderation::model::CaseFilter,
    notification::model::NotificationFilter,
    page::{Limit, Page},
    store::OwnStudy,
    study::model::{Browse, SortOrder, StudySort},
    text::Query,
};

/// What the study of a step shows to whoever did it.
pub(super) async fn some(coup: &Coup, world: &World, step: Step) -> Answers {
    let mut answers = Answers::new();
    inside(coup, &world.caller(step), world.study(step), &mut answers).await;
    answers
}

/// Each study to two callers, other ones for the next; and what is no study's to one of the people.
pub(super) async fn all(coup: &Coup, world: &World) -> Answers {
    let mut answers = Answers::new();
    let callers = world.callers();
    for (number, study) in world.studies().enumerate() {
        for ctx in callers.iter().cycle().skip(number * 2).take(2) {
            inside(coup, ctx, study, &mut answers).await;
        }
    }
    if let Some(ctx) = callers.get(world.messages().count() % 5) {
        outside(coup, ctx, world, &mut answers).await;
    }
    answers
}

async fn inside(coup: &Coup, ctx: &Ctx, study: StudyId, answers: &mut Answers) {
    let who = ctx.credential.as_ref();
    let mut note = |what: &str, told| answers.insert(format!("{who:?} sees {what} of {study}"), told);
    note("the page", answer(coup.study(ctx, study).await));
    note("the members", answer(coup.members(ctx, study, None, Limit::DEFAULT).await));
    note("the requests", answer(coup.requests(ctx, study, None, Limit::DEFAULT).await));
    note("who was removed", answer(coup.kicked_members(ctx, study, None, Limit::DEFAULT).await));
    note("the invites", answer(coup.invites(ctx, study, None, Limit::DEFAULT).await));
    note("how far all read", answer(coup.read_marks(ctx, study, None, Limit::DEFAULT).await));
    let found = Query::from_stored("수학".into());
    for (stretch, query) in [(Stretch::Latest, None), (Stretch::After(2), None), (Stretch::Latest, Some(&found))] {
        let told = answer(coup.messages(ctx, study, stretch, query, Limit::DEFAULT).await);
        note(&format!("{stretch:?} {query:?}"), told);
    }
    let outlook = coup.study_outlook(ctx, study).await.map(|outlook| {
        let entry = outlook.entry.map(|entry| format!("{entry:?}")).map_err(StateError::code);
        format!("{entry:?} {:?}", outlook.again_at)
    });
    note("the way in", answer(outlook));
    let hears = coup.hear(ctx, study).await.map(|hears| format!("{hears:?}"));
    note("what is heard", answer(hears));
    note("the first page", answer(home(coup, ctx, study).await));
}

/// What the pages of a study show.
async fn home(coup: &Coup, ctx: &Ctx, study: StudyId) -> Result<serde_json::Value, Error> {
    let inside = coup.inside(ctx, study).await?;
    let glance = coup.glance(&inside.file, Limit::DEFAULT, Limit::DEFAULT).await?;
    let talk = coup.talk(&inside.file, Place::At(2), Limit::DEFAULT, Limit::DEFAULT).await;
    let talk = talk.map(|talk| format!("{talk:?}")).map_err(|error| error.code());
    let waits = (inside.unread, inside.read_to, inside.requests);
    Ok(json!({ "waits": waits, "said": glance.said, "people": glance.people, "talk": format!("{talk:?}") }))
}

async fn outside(coup: &Coup, ctx: &Ctx, world: &World, answers: &mut Answers) {
    let who = format!("{:?}", ctx.credential);
    answers.insert(format!("{who} is"), answer(coup.me(ctx).await));
    answers.insert(format!("{who} is linked to"), answer(coup.identities(ctx).await));
    let hears = coup.hear_all(ctx).await.map(|hears| format!("{hears:?}"));
    answers.insert(format!("{who} hears"), answer(hears));
    let own = coup.own_studies(ctx, None, Limit::DEFAULT).await;
    let shown = |own: OwnStudy| json!({ "study": own.study, "member": own.member, "unread": own.unread });
    answers.insert(format!("{who}: own studies"), answer(own.map(|(_, page)| page.map(shown))));
    for code in world.codes() {
        answers.insert(format!("{who}: where {code} leads"), answer(coup.preview_invite(ctx, code).await));
    }
    for (study, message) in world.messages() {
        let told = match coup.study_file(ctx, study).await {
            Ok(file) => coup.message(&file, message).await,
            Err(error) => Err(error),
        };
        answers.insert(format!("{who}: message {message}"), answer(told));
    }
    moderated(coup, ctx, world, answers).await;
    for sort in StudySort::ALL {
        for order in SortOrder::ALL {
            let browse = Browse { sort: Some(*sort), order: Some(*order), ..Browse::default() };
            answers.insert(format!("{who}: studies by {sort} {order}"), answer(browsed(coup, ctx, &browse).await));
        }
    }
    let words = Browse { query: Some(Query::from_stored("수학".into())), ..Browse::default() };
    answers.insert(format!("{who}: studies with a word"), answer(browsed(coup, ctx, &words).await));
}

/// What one sees of one's own reports, sanctions and notifications, and what an administrator sees of all there is.
async fn moderated(coup: &Coup, ctx: &Ctx, world: &World, answers: &mut Answers) {
    let who = format!("{:?}", ctx.credential);
    answers.insert(format!("{who}: own reports"), answer(coup.own_reports(ctx, None, Limit::DEFAULT).await));
    answers.insert(format!("{who}: own sanctions"), answer(coup.own_sanctions(ctx).await));
    answers.insert(format!("{who}: own appeals"), answer(coup.own_appeals(ctx).await));
    let told = coup.notifications(ctx, NotificationFilter::default(), None, Limit::MAX).await;
    let told = told.map(|(_, page)| page.map(|one| format!("{one:?}")));
    answers.insert(format!("{who}: notifications"), answer(told));
    answers.insert(format!("{who}: unread notifications"), answer(coup.unread_notifications(ctx).await));
    // One of the administrators, another one for the next sequence.
    let admins = world.desk().admins();
    let one = world.messages().count().checked_rem(admins.len()).and_then(|place| admins.get(place));
    let Some((admin, role)) = one else { return };
    let ctx = Ctx::user(admin.clone());
    for report in world.desk().reports() {
        answers.insert(format!("{role}: report {report}"), answer(coup.report(&ctx, report).await));
    }
    for appeal in world.desk().appeals() {
        answers.insert(format!("{role}: appeal {appeal}"), answer(coup.appeal(&ctx, appeal).await));
    }
    // Cases of other sequences wait in the same queue: of this one are those that somebody of it has.
    let filter = CaseFilter { assigned_to: Some(admin.clone()), ..CaseFilter::default() };
    answers.insert(format!("{role}: own cases"), answer(coup.reports(&ctx, &filter, None, Limit::DEFAULT).await));
}

/// The first two pages of two studies each.
async fn browsed(coup: &Coup, ctx: &Ctx, browse: &Browse) -> Result<Vec<Page<serde_json::Value>>, Error> {
    let two = Limit::parse(Some(2), Limit::DEFAULT)?;
    let (mut pages, mut cursor) = (Vec::new(), None);
    for _ in 0..2 {
        let (_, page) = coup.browse_studies(ctx, browse, cursor.as_deref(), two).await?;
        cursor.clone_from(&page.next_cursor);
        pages.push(page.map(|row| json!({ "study": row.study, "membership": row.membership })));
        if cursor.is_none() {
            break;
        }
    }
    Ok(pages)
}
