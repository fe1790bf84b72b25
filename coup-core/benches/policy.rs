//! A decision of the compiled policy beside casbin's own `enforce` on the same rules, in one run.
//!
//! `cargo bench -p coup-core --bench policy` prints a table, and the same as one line of JSON at the end.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and stops at what is wrong")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use casbin::{CoreApi, DefaultModel, Enforcer, StringAdapter};
use coup_core::{
    id::{GroupId, StudyId},
    policy::{
        Actor, AdminRole, AdminStanding, Extra, GroupStanding, Permission, Policy, Restraint, Role, StudyStanding,
        SystemRole, Target, Tier,
    },
};
use uuid::Uuid;

const ROUNDS: usize = 15;

/// How often a round puts each question to the table; casbin is asked once.
const REPEATS: u32 = 2_000;

fn main() {
    let policy = Policy::built_in();
    let enforcer = casbin(&policy);
    let questions: Vec<Question> = questions().collect();
    for question in &questions {
        let ours = policy.allows(&question.actor, question.permission, &question.target);
        assert_eq!(ours, enforcer.enforce(question.request()).unwrap(), "both must decide alike to be compared");
    }
    let allocations = allocation_counter::measure(|| {
        for question in &questions {
            black_box(policy.allows(&question.actor, question.permission, &question.target));
            black_box(policy.permit(&question.actor, question.permission, question.target.clone()).is_ok());
        }
    });

    let mut rounds = Rounds::default();
    for _ in 0..ROUNDS {
        rounds.casbin.push(per_question(&questions, 1, |question| {
            black_box(enforcer.enforce(question.request()).unwrap());
        }));
        rounds.allows.push(per_question(&questions, REPEATS, |question| {
            black_box(black_box(&policy).allows(&question.actor, black_box(question.permission), &question.target));
        }));
        rounds.permit.push(per_question(&questions, REPEATS / 10, |question| {
            _ = black_box(policy.permit(&question.actor, black_box(question.permission), question.target.clone()));
        }));
        let start = Instant::now();
        black_box(Policy::load(policy.model_text(), policy.policy_text(), &[]).unwrap());
        rounds.load.push(nanoseconds(start.elapsed()));
    }
    report(rounds, &questions, allocations.count_total);
}

#[derive(Default)]
struct Rounds {
    casbin: Vec<f64>,
    allows: Vec<f64>,
    permit: Vec<f64>,
    load: Vec<f64>,
}

fn report(rounds: Rounds, questions: &[Question], allocations: u64) {
    let rules = Policy::built_in().policy_text().lines().filter(|line| line.starts_with("p,")).count();
    let (casbin, allows, permit, load) =
        (median(rounds.casbin), median(rounds.allows), median(rounds.permit), median(rounds.load));
    let ratio = casbin / allows;
    println!("one decision, medians of {ROUNDS} interleaved rounds over {} questions, {rules} rules", questions.len());
    println!("  {:<36} {casbin:>12.1} ns", "casbin's enforce");
    println!("  {:<36} {allows:>12.2} ns   {ratio:>9.0} x faster", "Policy::allows");
    println!("  {:<36} {permit:>12.2} ns   {:>9.0} x faster", "Policy::permit with its answer", casbin / permit);
    println!("  {:<36} {allocations:>12}", "allocations of all decisions");
    println!("  {:<36} {:>12.2} ms", "files to compiled table", load / 1e6);
    let json = serde_json::json!({
        "bench": "policy", "rounds": ROUNDS, "questions": questions.len(), "rules": rules,
        "casbin_enforce_ns": casbin, "allows_ns": allows, "permit_ns": permit, "ratio": ratio,
        "permit_ratio": casbin / permit, "allocations": allocations, "load_ms": load / 1e6,
    });
    println!("{json}");
}

/// One question in both forms.
struct Question {
    actor: Actor,
    permission: Permission,
    target: Target,
    role: String,
    sanction: &'static str,
}

impl Question {
    fn request(&self) -> (&str, &'static str, &'static str, &'static str) {
        (&self.role, Extra::None.name(), self.sanction, self.permission.full_name())
    }
}

/// Every permission with every role of its tier, a third of them under a sanction.
fn questions() -> impl Iterator<Item = Question> {
    let pairs =
        Permission::all().flat_map(|permission| Role::of(permission.tier()).map(move |role| (permission, role)));
    let sanctions = Restraint::ALL.into_iter().flat_map(|restraint| [None, None, Some(restraint)]).cycle();
    pairs.zip(sanctions).map(|((permission, role), sanction)| {
        let study = StudyId::from_uuid(Uuid::from_u128(1));
        let group = GroupId::from_uuid(Uuid::from_u128(2));
        let mut actor = Actor::new("0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57".parse().unwrap(), 0);
        actor.restraints = sanction.map(|restraint| (restraint, None)).into_iter().collect();
        match role {
            Role::System(SystemRole::User) => {}
            Role::System(SystemRole::Admin) => actor.admin = Some(AdminStanding::new(AdminRole::Viewer)),
            Role::Study(role) => actor.study = Some(StudyStanding { study, role, paused_until: None }),
            Role::Group(role) => actor.group = Some(GroupStanding { group, role }),
            Role::Admin(role) => actor.admin = Some(AdminStanding::new(role)),
        }
        let target = match permission.tier() {
            Tier::System | Tier::Admin => Target::Site,
            Tier::Study => Target::Study(study),
            Tier::Group => Target::Group(group),
        };
        let sanction = sanction.map_or("none", Restraint::name);
        Question { actor, permission, target, role: role.to_string(), sanction }
    })
}

/// Nanoseconds a question.
fn per_question(questions: &[Question], repeats: u32, mut ask: impl FnMut(&Question)) -> f64 {
    let start = Instant::now();
    for _ in 0..repeats {
        questions.iter().for_each(&mut ask);
    }
    nanoseconds(start.elapsed()) / f64::from(repeats) / questions.iter().map(|_| 1.0).sum::<f64>()
}

fn nanoseconds(elapsed: Duration) -> f64 {
    elapsed.as_secs_f64() * 1e9
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn casbin(policy: &Policy) -> Enforcer {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let model = DefaultModel::from_str(policy.model_text()).await.unwrap();
        Enforcer::new(model, StringAdapter::new(policy.policy_text())).await.unwrap()
    })
}
