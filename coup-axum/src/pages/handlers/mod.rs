//! What stands behind every page: one file an area, each handler a use case and a view.

#[cfg(feature = "identity")]
mod account;
mod chat;
mod enter;
#[cfg(feature = "identity")]
mod identity;
mod invite;
mod member;
mod mine;
mod moderation;
mod notification;
mod personal;
#[cfg(feature = "identity")]
mod picture;
mod question;
#[cfg(feature = "identity")]
mod second_factor;
mod shown;
mod study;
mod user;

use axum::{
    Router,
    routing::{MethodRouter, get, post},
};

use super::house::House;

type Route = (&'static str, MethodRouter<House>);

/// All routes, and their paths.
pub(in crate::pages) fn routes() -> (Router<House>, Vec<&'static str>) {
    use moderation::{appeal, content, explain, log, own, pause, person, queue, report, reporting, settings};
    let table: Vec<Route> = vec![
        ("/", get(user::door)),
        ("/sign-in", get(user::sign_in_page).post(user::sign_in)),
        ("/sign-up", get(user::sign_up_page).post(user::sign_up)),
        ("/sign-out", post(user::sign_out)),
        ("/me", get(user::me).post(user::edit)),
        ("/me/account", get(personal::show)),
        ("/me/account/export", get(personal::export)),
        ("/studies", get(study::browse).post(study::create)),
        ("/studies/new", get(study::new)),
        ("/studies/{id}", get(enter::show)),
        ("/studies/{id}/join", get(enter::show_again).post(enter::join)),
        ("/studies/{id}/withdraw", get(enter::ask_withdraw).post(enter::withdraw)),
        ("/invites/{code}", get(enter::invite).post(enter::join_by_code)),
        ("/my-studies", get(mine::list)),
        ("/my-studies/{id}", get(mine::home)),
        ("/my-studies/{id}/leave", get(question::leave).post(mine::leave)),
        ("/my-studies/{id}/settings", get(study::settings).post(study::edit)),
        ("/my-studies/{id}/settings/recruiting", post(study::set_recruiting)),
        ("/my-studies/{id}/settings/visibility", post(study::set_visibility)),
        ("/my-studies/{id}/close", get(question::close).post(study::close)),
        ("/my-studies/{id}/reopen", post(study::reopen)),
        ("/my-studies/{id}/delete", get(question::delete).post(study::delete)),
        ("/my-studies/{id}/members", get(member::list)),
        ("/my-studies/{id}/requests", get(member::requests)),
        ("/my-studies/{id}/kicked", get(member::kicked)),
        ("/my-studies/{id}/members/{userId}/approve", post(member::approve)),
        ("/my-studies/{id}/members/{userId}/reject", get(question::reject).post(member::reject)),
        ("/my-studies/{id}/members/{userId}/appoint", get(question::appoint).post(member::appoint)),
        ("/my-studies/{id}/members/{userId}/dismiss", get(question::dismiss).post(member::dismiss)),
        ("/my-studies/{id}/members/{userId}/transfer", get(question::transfer).post(member::transfer)),
        ("/my-studies/{id}/members/{userId}/kick", get(question::kick).post(member::kick)),
        ("/my-studies/{id}/members/{userId}/reinstate", post(member::reinstate)),
        ("/my-studies/{id}/invites", get(invite::list).post(invite::create)),
        ("/my-studies/{id}/invites/{code}/revoke", get(question::revoke).post(invite::revoke)),
        ("/my-studies/{id}/invite-code/rotate", get(question::rotate).post(invite::rotate)),
        ("/my-studies/{id}/chat", get(chat::room).post(chat::send)),
        ("/my-studies/{id}/chat/search", get(chat::search)),
        ("/my-studies/{id}/chat/read", post(chat::read)),
        ("/my-studies/{id}/chat/{msgId}/edit", post(chat::edit)),
        ("/my-studies/{id}/chat/{msgId}/delete", get(chat::ask_delete).post(chat::delete)),
        ("/my-studies/{id}/members/{userId}/pause", get(pause::ask).post(pause::pause)),
        ("/me/sanctions", get(own::sanctions)),
        ("/me/sanctions/{id}/appeal", get(own::sanctions_again).post(own::appeal)),
        ("/me/reports", get(own::reports)),
        ("/notifications", get(notification::list)),
        ("/notifications/read-all", post(notification::read_all)),
        ("/notifications/{id}/read", post(notification::read)),
        ("/notifications/{id}/delete", get(notification::ask_delete).post(notification::delete)),
        ("/reports", get(reporting::again).post(reporting::report)),
        ("/reports/new", get(reporting::ask)),
        ("/admin", get(moderation::door)),
        ("/admin/reports", get(queue::reports)),
        ("/admin/reports/{id}", get(report::show)),
        ("/admin/reports/{id}/assign", get(report::ask_give).post(report::assign)),
        ("/admin/reports/{id}/release", get(report::show_again).post(report::release)),
        ("/admin/reports/{id}/hand-up", get(report::show_again).post(report::hand_up)),
        ("/admin/reports/{id}/evidence", get(report::show_again).post(report::evidence)),
        ("/admin/reports/{id}/notes", get(report::show_again).post(report::add_note)),
        ("/admin/reports/{id}/hold", get(report::show_again).post(report::hold)),
        ("/admin/reports/{id}/approve", get(report::ask_approve).post(report::approve)),
        ("/admin/reports/{id}/reject", get(report::ask_reject).post(report::reject)),
        ("/admin/users/{id}", get(person::show)),
        ("/admin/users/{id}/unsuspend", get(person::ask_unsuspend).post(person::unsuspend)),
        ("/admin/users/{id}/sanction", get(person::ask_sanction).post(person::sanction)),
        ("/admin/sanctions/{id}/lift", get(person::ask_lift).post(person::lift)),
        ("/admin/appeals", get(appeal::list)),
        ("/admin/appeals/{id}", get(appeal::show)),
        ("/admin/appeals/{id}/decide", get(appeal::show_again).post(appeal::decide)),
        ("/admin/moderation/messages", get(queue::messages)),
        ("/admin/moderation/messages/{id}", get(content::show)),
        ("/admin/moderation/messages/{id}/delete", get(content::show_again).post(content::remove)),
        ("/admin/settings", get(settings::show).post(settings::save)),
        ("/admin/settings/logs", get(log::show)),
        ("/admin/settings/logs/verify", get(log::again).post(log::verify)),
        ("/admin/permissions/explain", get(explain::show)),
    ];
    #[cfg(feature = "identity")]
    let table =
        [table, account_routes(), second_factor::routes().into(), identity::routes().into(), picture::routes().into()]
            .concat();
    let paths = table.iter().map(|(path, _)| *path).collect();
    (table.into_iter().fold(Router::new(), |router, (path, handler)| router.route(path, handler)), paths)
}

/// How one signs in, beside signing in itself.
#[cfg(feature = "identity")]
fn account_routes() -> Vec<Route> {
    vec![
        ("/verify", get(account::verify_page).post(account::verify)),
        ("/reset", get(account::reset_page).post(account::reset)),
        ("/reset/confirm", get(account::reset_confirm_page).post(account::reset_confirm)),
        ("/confirm", get(account::confirm_page).post(account::confirm)),
        ("/sign-out-everywhere", get(account::to_me).post(account::sign_out_everywhere)),
        ("/me/account/delete", get(personal::again).post(personal::delete)),
        ("/me/password", get(account::to_me).post(account::change_password)),
        ("/me/sessions/{id}/end", get(account::to_me).post(account::end_session)),
    ]
}
