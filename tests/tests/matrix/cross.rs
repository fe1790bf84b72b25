//! Every entry × every actor × every kind of study: what is answered, and what of it is wrong.

use coup_core::changes::{Change, Parts};

use crate::{
    house::{Answer, Asked, House},
    operations::{At, Case, Keeps},
    oracle::{self, Cell},
    places::{Kind, NAMED, Place, Scene},
    report::Block,
    tables::Tables,
};

/// What of a deployment is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Front {
    /// The API: problems have codes.
    Api,
    /// The pages: a refusal is a status, and who is not signed in is led to the page for it.
    Pages,
    /// Socket.IO: an acknowledgement, whose problem is as the API's.
    Sockets,
}

/// An entry, and where it is.
pub(crate) struct Route {
    pub(crate) case: Case,
    pub(crate) method: String,
    /// With the names of its parameters.
    pub(crate) path: String,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Crossed {
    pub(crate) blocks: Vec<Block>,
    /// Answers that are not the specification's.
    pub(crate) answered: Vec<String>,
    /// Writes that must not be, or are missing.
    pub(crate) written: Vec<String>,
    /// Names of studies that somebody may not know of.
    pub(crate) shown: Vec<String>,
}

impl Route {
    pub(crate) fn asked(&self, scene: &Scene, place: &Place) -> Asked {
        Asked {
            method: self.method.clone(),
            path: self.case.path(&self.path, scene, place),
            body: self.case.json(scene, place),
        }
    }
}

/// Asks all of it.
pub(crate) async fn cross(front: Front, house: &House, scenes: &[Scene], routes: &[Route]) -> Crossed {
    let (tables, mut crossed) = (Tables::read(), Crossed::default());
    for route in routes {
        let case = &route.case;
        let columns = case.columns();
        let mut rows = Vec::new();
        for scene in scenes {
            let mut cells = Vec::new();
            for (column, kind) in &columns {
                let answer = house.ask(front, scene, &route.asked(scene, scene.place(*kind))).await;
                let is = cell(front, case, &answer);
                let expected = oracle::expected(&tables, &scene.actor, case, *kind);
                let place = format!("{}, {}, {column}", case.name(), scene.actor);
                let same = match front {
                    Front::Api | Front::Sockets => is == expected,
                    Front::Pages => is.status == expected.status,
                };
                if !same {
                    crossed.answered.push(format!("{place}: is {is}, the specification says {expected}"));
                }
                let event = oracle::security_event(&tables, &scene.actor, case, &expected);
                let wrong = wrongly_written(front, route, &expected, event, &answer);
                crossed.written.extend(wrong.map(|wrong| format!("{place}: {wrong}")));
                let shown = wrongly_shown(scene, case, *kind, &answer);
                crossed.shown.extend(shown.map(|kind| format!("{place}: names the {} study", kind.name())));
                cells.push(is.to_string());
            }
            rows.push((scene.actor.to_string(), cells));
        }
        if rows.iter().all(|(_, cells)| *cells == rows[0].1) {
            rows = vec![("everybody".to_owned(), rows.swap_remove(0).1)];
        }
        let about = match front {
            Front::Api => format!("{} {}: {}", route.method, route.path, case.asks_in_words()),
            Front::Pages | Front::Sockets => case.asks_in_words(),
        };
        crossed.blocks.push(Block {
            name: case.name(),
            about: [about].into_iter().chain(case.rules_in_words()).collect(),
            columns: columns.iter().map(|(name, _)| *name).collect(),
            rows,
        });
    }
    crossed
}

/// The answer as a cell.
pub(crate) fn cell(front: Front, case: &Case, answer: &Answer) -> Cell {
    if front == Front::Pages {
        let led_to_sign_in = answer.status == 303 && answer.location.starts_with("/sign-in");
        return if led_to_sign_in && case.at != At::Door {
            Cell::refused(401, "not_signed_in")
        } else {
            Cell { status: answer.status, code: None }
        };
    }
    let json = answer.json();
    let code = (answer.status >= 400).then(|| json["code"].as_str().unwrap_or("without a code").to_owned());
    // A refusal that a sanction makes names it.
    let sanction = json["sanction"].as_str().map(str::to_owned).filter(|_| code.as_deref() == Some("forbidden"));
    Cell { status: answer.status, code: sanction.or(code) }
}

/// What is wrong with what was written, if anything.
fn wrongly_written(
    front: Front,
    route: &Route,
    expected: &Cell,
    event: Option<&str>,
    answer: &Answer,
) -> Option<String> {
    let (case, written) = (&route.case, &answer.written);
    if answer.status >= 400 {
        // A form comes back on its page, which is read again.
        let comes_back = front == Front::Pages && case.at == At::Administration && answer.status == 409;
        return match (event, &written[..]) {
            (None, []) => None,
            (None, [one]) if comes_back && is_read(one) => None,
            (Some(kind), [one]) if is_event(one, kind, &route.path) => None,
            (None, _) => Some(format!("refused with {}, and wrote {written:?}", answer.status)),
            (Some(kind), _) => Some(format!("refused with {}, and wrote not one {kind}: {written:?}", answer.status)),
        };
    }
    if *expected != (Cell { status: answer.status, code: None }) {
        return None;
    }
    match (case.keeps.unwrap_or(if route.method == "GET" { Keeps::Nothing } else { Keeps::One }), &written[..]) {
        (Keeps::Nothing, []) => None,
        (Keeps::Two, [one, two]) if case.at != At::Administration || (is_audited(one) && is_audited(two)) => None,
        (Keeps::One, [one]) if case.at != At::Administration || is_audited(one) => None,
        (Keeps::One, [_]) => Some("the audit log does not tell of it".into()),
        (Keeps::Nothing, _) => Some(format!("has nothing to keep, and wrote {written:?}")),
        (Keeps::One | Keeps::Two, _) => Some(format!("answered {}, and wrote {} times", answer.status, written.len())),
    }
}

/// Whether that is all that was written: that a call of this route was refused.
fn is_event(written: &Parts, kind: &str, path: &str) -> bool {
    let Parts { guards, writes, posts, events, audit, jobs, revocations, keep } = written;
    let nothing_else = guards.is_empty()
        && posts.is_empty()
        && events.is_empty()
        && jobs.is_empty()
        && revocations.is_empty()
        && keep.is_none();
    let event = match &writes[..] {
        [Change::CountSecurityEvent(event)] => event.kind.as_str() == kind && event.path.ends_with(path),
        _ => false,
    };
    nothing_else && event && audit.as_ref().is_ok_and(Vec::is_empty)
}

/// Whether nothing was written but that something was read.
fn is_read(written: &Parts) -> bool {
    is_audited(written) && written.writes.is_empty() && written.events.is_empty() && written.posts.is_empty()
}

fn is_audited(written: &Parts) -> bool {
    written.audit.as_ref().is_ok_and(|entries| entries.len() == 1)
}

/// A study that the actor may not know of, and that the answer names.
fn wrongly_shown(scene: &Scene, case: &Case, asked: Kind, answer: &Answer) -> Option<Kind> {
    let text = String::from_utf8_lossy(&answer.body);
    if !text.contains(NAMED) {
        return None;
    }
    if case.at == At::Administration {
        return None;
    }
    // What is asked for is known as the entry says; all others only from their own pages.
    let at = if case.at == At::Site { At::Study } else { case.at };
    let knows = |kind: Kind| {
        oracle::sees(&scene.actor, if kind == asked { at } else { At::Study }, kind)
            || (case.lists_own && oracle::sees(&scene.actor, At::Request, kind))
    };
    Kind::ALL.into_iter().find(|kind| !knows(*kind) && text.contains(&scene.place(*kind).name))
}
