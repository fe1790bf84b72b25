//! The contract of storage: what every [`Store`](crate::store::Store) must keep, one function a sentence.
//!
//! Each function takes a fresh, empty store and panics where the store breaks the sentence. Run them all with
//! [`store_contract!`](crate::store_contract), or one by itself while a store is being written.
//!
//! # For the author of a store
//!
//! A store is a crate of its own: it implements the read traits and [`Store`](crate::store::Store) of
//! [`crate::store`], and asks for this module in its tests only.
//!
//! ```toml
//! [dependencies]
//! async-trait = "0.1"
//! coup-core = "0.1"
//!
//! [dev-dependencies]
//! coup-core = { version = "0.1", features = ["testing"] }
//! proptest = "1"
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! Then `tests/contract.rs` is a way to make a fresh store, and one line. What makes it may be a guard that takes the database
//! away again when the test is done:
//!
//! ```
//! use std::ops::Deref;
//!
//! use coup_core::store::Store;
//! # use coup_core::testing::MemoryStore as MyStore;
//!
//! struct Fresh {
//!     store: MyStore,
//!     // folder: tempfile::TempDir,
//! }
//!
//! impl Fresh {
//!     async fn new() -> Self {
//!         // A real store opens a database and migrates it here.
//!         Self { store: MyStore::new() }
//!     }
//! }
//!
//! impl Deref for Fresh {
//!     type Target = dyn Store;
//!
//!     fn deref(&self) -> &dyn Store {
//!         &self.store
//!     }
//! }
//!
//! mod contract {
//!     use super::Fresh;
//!
//!     coup_core::store_contract!(Fresh::new());
//! }
//! # fn main() {
//! # futures_util::FutureExt::now_or_never(async {
//! // A single sentence, while the store is being written:
//! coup_core::testing::contract::commit::a_refused_commit_leaves_nothing(&*Fresh::new().await).await;
//! # }).unwrap();
//! # }
//! ```
//!
//! The sentences are examples; two kinds of random sequences look for what nobody thought of. Each holds the store against the
//! [memory store](crate::testing::MemoryStore): [`sequences`](crate::testing::sequences) commits rows in every combination,
//! [`commands`](crate::testing::commands) goes the ways that people go. A store that keeps all three is a store of CoUp.
//!
//! # What the contract does not see
//!
//! Durability (what was acknowledged is there after the power failed), waiting (commits over the same rows lock them in one
//! order, [`Guard`](crate::changes::Guard)'s first), and speed (each list by an index; at most two statements a read). CoUp's
//! own stores have tests of those beside the contract; so should yours.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "the contract is made of tests: panicking is how they fail"
)]

pub mod account;
pub mod answers;
pub mod audit;
pub mod browse;
pub mod chat;
pub mod commit;
pub mod file;
pub mod identity;
pub mod jobs;
pub mod limit;
pub mod live;
pub mod member;
pub mod moderation;
pub mod notification;
pub mod person;
pub mod personal;
pub mod prune;
pub mod replies;
pub mod sanction;
mod scene;
pub mod search;
pub mod second_factor;
pub mod settings;
pub mod study;
pub mod user;

/// Makes one `#[tokio::test]` of each sentence of the [contract](crate::testing::contract), in a module an area.
///
/// The argument is an expression, evaluated anew for each test: a future of something that dereferences to `dyn Store`,
/// such as an `Arc<dyn Store>` of a fresh, empty store, or a guard that also removes the database again. `names` instead
/// of it answers an array of all areas and sentences. The caller's crate needs tokio with `macros` and `rt-multi-thread`.
///
/// ```
/// use std::sync::Arc;
///
/// use coup_core::{store::Store, testing::MemoryStore};
///
/// coup_core::store_contract!(async { Arc::new(MemoryStore::new()) as Arc<dyn Store> });
///
/// assert!(coup_core::store_contract!(names).contains(&("commit", "a_refused_commit_leaves_nothing")));
/// ```
#[macro_export]
macro_rules! store_contract {
    (names) => {
        $crate::store_contract! { @list names () }
    };
    ($make:expr) => {
        $crate::store_contract! { @list tests $make }
    };
    (@list $what:ident $make:expr) => {
        $crate::store_contract! { @$what $make;
            user {
                an_account_comes_back_with_all_its_fields,
                a_person_who_is_not_there_is_none,
                a_person_is_found_by_their_exact_identifier_only,
                an_account_is_found_by_its_address,
                an_address_has_one_account,
                accounts_without_an_address_do_not_stand_in_each_others_way,
                an_identifier_has_one_account,
                a_saved_account_has_a_new_version_and_the_old_one_conflicts,
                signing_in_is_noted_without_a_new_version,
                a_guard_on_a_person_holds_their_authorisation_version,
                a_session_is_found_by_its_tokens_hash,
                an_ended_session_is_still_answered,
                a_removed_session_lets_nobody_in,
                all_sessions_of_a_person_go_at_once,
                a_session_belongs_to_an_account,
                a_standing_tells_role_study_and_membership,
                a_standing_to_a_study_that_is_not_there_has_none,
                a_standing_inside_says_what_waits_for_a_member,
                an_administrators_role_comes_back_and_is_saved,
                lasting_super_administrators_are_counted,
                sanctions_come_with_a_standing_until_they_are_lifted,
            }
            account {
                sessions_of_a_person_come_back_the_newest_first,
                when_a_session_was_last_seen_moves_forward_only,
                what_waits_for_a_code_comes_back_with_all_its_fields,
                a_counted_try_has_a_new_version_and_the_old_one_conflicts,
                of_twenty_who_bring_one_code_one_uses_it,
            }
            file {
                a_file_is_found_as_it_was_reserved,
                a_file_is_saved_by_its_version,
                somebodys_picture_is_the_one_that_is_there,
            }
            limit {
                attempts_are_counted_by_way_and_subject_until_their_end,
                of_racing_attempts_not_more_take_a_place_than_there_are,
                an_attempt_takes_all_its_places_or_none,
                a_place_is_given_back_among_those_it_was_taken_with,
                a_browser_is_known_to_the_accounts_that_were_signed_in_to_in_it,
                so_many_browsers_are_known_to_an_account_and_the_latest_stay,
            }
            second_factor {
                a_second_factor_comes_back_with_all_its_fields,
                a_standing_says_whether_a_second_factor_is_asked_for,
                of_twenty_who_bring_one_code_of_a_second_factor_one_uses_it,
                a_removed_second_factor_is_gone_with_its_codes,
                a_half_sign_in_comes_back_with_all_its_fields,
                of_twenty_who_complete_one_sign_in_one_does,
            }
            identity {
                an_identity_is_found_by_its_exact_issuer_and_subject,
                an_identity_is_of_one_account,
                an_account_has_one_identity_of_a_provider,
                of_racing_links_of_one_identity_one_is_written,
                an_unlinked_identity_is_nobodys,
                an_identity_is_linked_and_never_saved,
                a_flow_comes_back_with_all_its_fields,
                of_twenty_who_bring_one_flow_one_uses_it,
            }
            personal {
                memberships_of_a_person_come_back_whatever_their_status,
                messages_of_a_person_come_back_wherever_they_stand,
                what_is_kept_beside_an_account_goes_at_once,
                what_was_told_of_somebody_is_found_and_reworded,
            }
            study {
                a_study_comes_back_with_all_its_fields,
                a_saved_study_keeps_seats_capacity_and_activity,
                a_guard_on_a_study_holds_its_version,
                a_second_study_of_one_identifier_is_refused,
                studies_and_memberships_are_of_people_who_are_there,
                a_code_opens_one_study,
                a_study_is_found_by_its_code_or_an_invites,
                a_rotated_code_opens_nothing,
                a_removed_study_takes_all_in_it_along,
                ones_own_studies_stand_by_their_latest_activity,
                ones_own_studies_page_by_activity_and_study,
                unread_messages_leave_out_ones_own_and_deleted_ones,
                a_glance_shows_the_newest_messages_and_the_longest_members,
            }
            browse {
                private_and_hidden_studies_are_never_browsed,
                browsed_studies_come_with_all_their_fields,
                browsed_studies_say_how_the_reader_stands_to_them,
                studies_are_found_by_name_or_description,
                an_edited_study_is_found_by_its_new_words,
                each_filter_keeps_what_it_says,
                every_sort_goes_both_ways,
                pages_of_studies_leave_no_gap_and_repeat_nothing,
                a_page_goes_on_where_the_last_one_ended_whatever_came_or_went,
            }
            member {
                a_membership_comes_back_with_all_its_fields,
                a_person_has_one_membership_in_a_study,
                a_saved_membership_has_a_new_version_and_the_old_one_conflicts,
                a_guard_on_a_membership_holds_its_version,
                a_removed_membership_is_gone,
                a_study_has_one_active_owner,
                a_study_is_handed_over_in_one_commit,
                members_are_listed_by_status_and_page_by_time,
                the_staff_is_who_is_active_and_has_the_role,
                the_last_rejection_is_the_newest_one,
                invites_come_back_newest_first_and_page_by_time,
                a_removed_invite_opens_nothing,
                an_invite_is_used_as_often_and_as_long_as_it_says,
                a_spent_invite_lets_nobody_in,
            }
            chat {
                a_message_comes_back_with_all_its_fields,
                a_message_is_found_wherever_it_is,
                a_context_has_the_messages_around_one_as_they_are_stored,
                a_message_is_found_in_its_study_only,
                messages_are_read_in_stretches,
                a_talk_is_read_around_a_place,
                a_talk_says_how_many_have_read_ones_own_messages,
                a_deleted_message_leaves_a_tombstone,
                a_message_shows_its_author_as_they_are_now,
                an_edited_message_has_a_new_version_and_the_old_one_conflicts,
                a_message_is_never_inserted,
                a_post_is_told_with_its_place,
                several_posts_of_one_commit_keep_their_order,
                a_post_needs_its_study_its_author_and_what_it_answers,
                a_client_id_is_unique_among_its_authors_messages,
                a_second_message_of_one_identifier_is_refused,
                a_read_mark_moves_forward_up_to_the_newest_message,
                read_marks_are_those_of_active_members,
            }
            replies {
                an_answer_shows_what_it_answers_wherever_it_is_read,
                what_is_answered_shows_how_it_begins,
                what_is_answered_shows_as_it_is_now,
                an_answer_is_told_with_what_it_answers,
                a_message_keeps_whom_it_mentions_and_what_is_attached,
                members_are_called_by_the_name_that_a_text_begins_with,
                a_name_of_any_signs_means_itself,
            }
            search {
                messages_are_found_by_what_they_contain,
                signs_in_a_query_mean_themselves,
                found_messages_come_as_views,
                an_edited_message_is_found_by_its_new_words,
                a_deleted_message_is_not_found,
                another_studys_messages_are_never_found,
                found_messages_page_by_place,
            }
            commit {
                a_store_answers,
                an_empty_commit_does_nothing,
                a_refused_commit_leaves_nothing,
                every_guard_must_hold,
                guards_are_held_before_anything_is_written,
                of_racing_saves_one_wins,
                two_hundred_racing_joins_fill_twenty_seats_exactly,
                a_freed_seat_is_free,
                a_capacity_below_the_seats_taken_is_refused,
                an_invite_for_five_lets_five_in_however_they_race,
                racing_messages_get_places_without_gaps,
                events_are_counted_within_their_scope,
                events_come_back_as_they_were_told,
                the_last_activity_is_the_newest_event,
            }
            audit {
                an_empty_log_has_an_empty_head,
                an_entry_comes_back_with_its_personal_values,
                the_head_is_the_newest_entrys,
                racing_entries_make_one_chain,
                a_refused_commit_leaves_no_entry,
                a_commit_with_an_unsealed_entry_is_refused_and_leaves_nothing,
                each_filter_keeps_the_entries_it_says,
                entries_page_by_place,
                an_entry_shows_its_administrator_as_they_are_now,
                erased_values_are_gone_and_the_chain_holds,
                security_events_of_a_minute_are_one,
                racing_security_events_are_all_counted,
                the_last_super_admin_without_an_end_stays,
                of_super_admins_who_all_go_at_once_one_stays,
                administrators_page_by_person,
            }
            answers {
                a_kept_answer_comes_back,
                an_answer_is_asked_for_when_all_places_are_given,
                a_second_commit_with_a_key_leaves_nothing,
                of_racing_commits_with_one_key_one_is_written,
                a_refused_commit_keeps_no_answer,
            }
            jobs {
                a_job_comes_back_with_all_its_fields,
                a_job_that_is_not_there_is_none,
                a_job_is_asked_for_and_never_inserted,
                only_due_jobs_of_the_kinds_asked_for_are_claimed,
                the_longest_due_are_claimed_first_and_so_many_at_most,
                a_claimed_job_is_nobody_elses_until_its_lease_ends,
                of_racing_claims_no_two_get_the_same_job,
                a_save_after_a_lost_lease_conflicts,
                a_job_carries_what_its_commit_tells,
                a_job_of_a_refused_commit_is_not_there,
            }
            prune {
                ended_sessions_are_pruned,
                what_waited_for_a_code_is_pruned,
                old_events_are_pruned_and_places_go_on,
                old_answers_are_pruned_and_their_keys_are_free,
                finished_jobs_are_pruned_and_failed_ones_stay,
                old_security_events_are_pruned,
                ended_tickets_are_pruned,
                attempts_that_do_not_count_any_more_are_pruned,
                browsers_that_are_known_no_more_are_pruned,
                ended_flows_are_pruned,
                ended_half_sign_ins_are_pruned,
                old_revocations_are_pruned_and_places_go_on,
                several_prunes_of_one_commit_are_told_apart,
            }
            moderation {
                a_case_comes_back_with_all_its_fields_and_reports,
                a_case_is_found_by_each_of_its_reports_and_by_its_target,
                a_target_has_one_open_case,
                of_racing_first_reports_one_opens_the_case,
                a_reporter_has_one_report_in_a_case,
                a_saved_case_has_a_new_version_and_the_old_one_conflicts,
                of_racing_decisions_one_is_written,
                what_was_reported_and_added_stays_as_it_is,
                a_reporter_is_known_by_what_became_of_their_reports,
                what_was_reported_of_somebody_is_counted,
                people_have_met_who_were_in_one_study,
                the_queue_shows_the_most_urgent_and_of_those_the_oldest,
                a_lapsed_lease_gives_a_case_back_to_the_queue,
                each_filter_keeps_the_cases_it_says,
                who_has_a_part_in_a_case_is_not_shown_it,
                ones_own_reports_page_by_time,
                entries_of_a_case_come_in_their_order,
                times_of_cases_are_read_within_their_bounds,
            }
            person {
                people_are_found_by_their_identifiers_each_once,
                how_much_somebody_takes_part_is_counted,
                what_was_reported_of_and_by_somebody_is_listed_without_what_the_viewer_has_a_part_in,
            }
            sanction {
                a_sanction_comes_back_with_all_its_fields_and_its_appeal,
                all_sanctions_of_a_person_come_back_the_newest_first,
                a_sanction_has_one_appeal,
                a_saved_appeal_has_a_new_version_and_the_old_one_conflicts,
                a_reduced_sanction_is_saved_and_what_was_said_of_it_stays,
                appeals_page_by_time_and_leave_out_who_has_a_part_in_them,
            }
            settings {
                settings_begin_with_nothing,
                changed_settings_come_back_with_all_their_fields,
                settings_saved_over_an_older_state_conflict,
                of_racing_changes_of_settings_one_is_written,
                a_change_of_settings_is_told_to_the_whole_site,
            }
            notification {
                a_notification_comes_back_with_all_its_fields,
                ones_own_notifications_page_by_time,
                a_notification_is_found_and_the_unread_are_counted,
                only_whether_it_was_read_changes,
                ones_own_notifications_are_filtered,
                the_unread_are_counted_up_to_a_limit_for_who_comes_with_a_credential,
                all_of_ones_own_are_marked_read_at_once,
                a_notification_goes_with_whose_it_is,
            }
            live {
                revocations_come_back_with_all_they_say,
                a_revocation_outlives_what_it_speaks_of,
                revocations_have_places_in_the_order_of_commits,
                racing_revocations_have_places_without_gaps,
                revocations_page_by_place,
                heads_of_many_scopes_are_answered_at_once,
                a_ticket_comes_back_with_all_its_fields,
                of_twenty_who_bring_one_ticket_one_uses_it,
                a_standing_everywhere_has_the_active_memberships,
                who_is_not_there_stands_nowhere,
            }
        }
    };
    (@tests $make:expr; $($area:ident { $($sentence:ident,)+ })+) => {
        use $crate::testing::contract as sentences;

        $(
            mod $area {
                // What `$make` names stands outside, and so do the sentences.
                use super::*;

                $(
                    #[tokio::test(flavor = "multi_thread")]
                    async fn $sentence() {
                        let store = $make.await;
                        sentences::$area::$sentence(&*store).await;
                    }
                )+
            }
        )+
    };
    (@names $make:expr; $($area:ident { $($sentence:ident,)+ })+) => {
        [$($((stringify!($area), stringify!($sentence)),)+)+]
    };
}
