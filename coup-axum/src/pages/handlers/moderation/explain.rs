//! "May this person do that, and why?": asked of the policy as it stands.

use axum::{http::StatusCode, response::IntoResponse as _};
use coup_core::{
    error::{Check, Error, Invalid},
    policy::{AdminPermission, Case, Extra, Permission, Restraint, Role},
};

use super::{desk, somebody};
use crate::pages::{
    form::{Choice, Form},
    moderation::{AdminTab, ExplainPage, ExplainedRule, Verdict},
    text::Locale,
    visit::{Answer, Visit},
};

fn label(locale: Locale, permission: &Permission) -> &'static str {
    match locale {
        Locale::Ko => permission.label_ko(),
        Locale::En => permission.label_en(),
    }
}

/// A role's name with its tier, which is what the policy file calls it.
fn roles() -> Vec<Choice> {
    Role::ALL.into_iter().map(|role| Choice::new(role.to_string(), role.to_string())).collect()
}

pub(in crate::pages::handlers) async fn show(visit: Visit) -> Answer {
    let (frame, desk) = desk(&visit, AdminTab::Permissions).await?;
    if !desk.may(AdminPermission::AdminList) {
        return Err(Error::NotFound.into());
    }
    let form = visit.query();
    let asked = !form.value("permission").is_empty();
    let (status, form, verdict) = if asked {
        match explain(&visit, &form).await {
            Ok(verdict) => (StatusCode::OK, form, Some(verdict)),
            Err(error @ (Error::Invalid(_) | Error::NotFound)) => {
                let error = match error {
                    Error::NotFound => Invalid::field("userId", "malformed_id").into(),
                    other => other,
                };
                let (status, form) = visit.refused(form, error)?;
                (status, form, None)
            }
            Err(error) => return Err(error.into()),
        }
    } else {
        (StatusCode::OK, form, None)
    };
    let permissions = Permission::all().map(|permission| {
        let name = permission.full_name();
        Choice::new(name, format!("{} ({name})", label(frame.locale, &permission)))
    });
    let page = ExplainPage { permissions: permissions.collect(), roles: roles(), verdict, form, frame };
    Ok((status, page).into_response())
}

/// What takes rights away from somebody now, as their sanctions say; nothing where nobody is named.
async fn restraints(visit: &Visit, form: &Form) -> Result<Vec<Restraint>, Error> {
    let Some(user) = somebody(form, "userId")? else { return Ok(Vec::new()) };
    let history = visit.house.coup.sanction_history(&visit.ctx, &user).await?;
    let active = history.sanctions.iter().filter(|view| view.own.is_active);
    Ok(active.filter_map(|view| view.own.kind.restraint()).collect())
}

async fn explain(visit: &Visit, form: &Form) -> Result<Verdict, Error> {
    let mut check = Check::default();
    let unknown = |field| move || Invalid::field(field, "unknown_value");
    let permission: Option<Permission> =
        check.take(form.value("permission").parse().map_err(|_| unknown("permission")()));
    let role = Role::ALL.into_iter().find(|role| role.to_string() == form.value("role"));
    let role = check.take(role.ok_or_else(unknown("role")));
    check.finish()?;
    let (Some(permission), Some(role)) = (permission, role) else { return Err(Error::NotFound) };
    let restraints = restraints(visit, form).await?;
    let policy = visit.house.coup.policy().current();
    let explanation = policy.explain(&Case { role, extra: Extra::None, restraints: &restraints, permission });
    let rules = explanation.met().iter().map(|rule| ExplainedRule {
        allows: rule.allows,
        text: rule.text.clone(),
        place: rule.place.to_string(),
        inherited_from: rule.inherited_from.map(|role| role.to_string()),
        through: rule.through.clone(),
    });
    let locale = visit.preferences.locale;
    let restraint = |restraint: &Restraint| match locale {
        Locale::Ko => restraint.label_ko().to_owned(),
        Locale::En => restraint.name().to_lowercase().replace('_', " "),
    };
    Ok(Verdict {
        allowed: explanation.allowed(),
        permission: label(locale, &permission).to_owned(),
        role: role.to_string(),
        restraints: restraints.iter().map(restraint).collect(),
        rules: rules.collect(),
        least: explanation.least().map(|role| role.to_string()),
    })
}
