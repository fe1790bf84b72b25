//! Some pages as they are, in both languages, so that a review sees every change of them.

use coup_axum::pages::{Frame, Locale, Preferences};
use insta::assert_snapshot;

use super::{mount, page, sample};

/// The page with the version of the static files taken out.
fn whole(path: &str, locale: Locale) -> String {
    let frame: Frame = sample::frame(&mount(), Preferences::default(), path);
    let folder = frame.asset("");
    page(path, locale).replace(&folder, "/coup/assets/VERSION/")
}

/// What stands between the bars.
fn main_part(path: &str, locale: Locale) -> String {
    let html = whole(path, locale);
    let start = html.find("<main").unwrap();
    let end = html.find("</main>").unwrap();
    html[start..end].to_owned()
}

#[test]
fn signing_in_with_a_wrong_password() {
    assert_snapshot!("sign_in_wrong_ko", whole("/sign-in/wrong", Locale::Ko));
    assert_snapshot!("sign_in_wrong_en", whole("/sign-in/wrong", Locale::En));
}

#[test]
fn browsing_with_filters() {
    assert_snapshot!("studies_filtered_ko", main_part("/studies/filtered", Locale::Ko));
    assert_snapshot!("studies_filtered_en", main_part("/studies/filtered", Locale::En));
}

#[test]
fn a_study_that_one_may_ask_to_join() {
    assert_snapshot!("study_ko", main_part("/studies/1", Locale::Ko));
    assert_snapshot!("study_en", main_part("/studies/1", Locale::En));
}

#[test]
fn the_requests_to_join_a_study_with_its_bars() {
    assert_snapshot!("requests_ko", whole("/my-studies/1/requests", Locale::Ko));
    assert_snapshot!("requests_en", whole("/my-studies/1/requests", Locale::En));
}

#[test]
fn the_chat() {
    assert_snapshot!("chat_ko", main_part("/my-studies/1/chat", Locale::Ko));
    assert_snapshot!("chat_en", main_part("/my-studies/1/chat", Locale::En));
}

#[test]
fn a_question_before_somebody_is_kicked() {
    assert_snapshot!("kick_ko", main_part("/my-studies/1/members/u3/kick", Locale::Ko));
    assert_snapshot!("kick_en", main_part("/my-studies/1/members/u3/kick", Locale::En));
}

#[test]
fn a_page_that_is_not_there() {
    assert_snapshot!("problem_404_ko", main_part("/problems/404", Locale::Ko));
    assert_snapshot!("problem_404_en", main_part("/problems/404", Locale::En));
}

#[test]
fn the_queue_of_reports_with_its_bars() {
    assert_snapshot!("queue_ko", whole("/admin/reports", Locale::Ko));
    assert_snapshot!("queue_en", whole("/admin/reports", Locale::En));
}

#[test]
fn a_report_in_three_columns() {
    assert_snapshot!("report_ko", main_part("/admin/reports/r1/mine", Locale::Ko));
    assert_snapshot!("report_en", main_part("/admin/reports/r1/mine", Locale::En));
}

#[test]
fn the_question_before_a_report_is_approved() {
    assert_snapshot!("approve_report_ko", main_part("/admin/reports/r1/approve", Locale::Ko));
    assert_snapshot!("approve_report_en", main_part("/admin/reports/r1/approve", Locale::En));
}

#[test]
fn ones_own_sanctions() {
    assert_snapshot!("own_sanctions_ko", main_part("/me/sanctions", Locale::Ko));
    assert_snapshot!("own_sanctions_en", main_part("/me/sanctions", Locale::En));
}

#[test]
fn reporting_something() {
    assert_snapshot!("reporting_ko", main_part("/reports/new", Locale::Ko));
    assert_snapshot!("reporting_en", main_part("/reports/new", Locale::En));
}

#[test]
fn what_one_was_told_with_its_bars() {
    assert_snapshot!("notifications_ko", whole("/notifications", Locale::Ko));
    assert_snapshot!("notifications_en", whole("/notifications", Locale::En));
}
