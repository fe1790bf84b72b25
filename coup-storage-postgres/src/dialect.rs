//! PostgreSQL's words and errors.

use coup_core::{
    id::{StudyId, UserId},
    store::{StoreError, Unique},
};
use coup_storage_sql::{Dialect, Words};
use sqlx::{
    Postgres,
    error::{DatabaseError, ErrorKind},
    postgres::PgQueryResult,
};
use uuid::Uuid;

/// PostgreSQL.
#[derive(Debug)]
pub(crate) struct Pg;

impl Dialect for Pg {
    type Db = Postgres;
    type Grams = Vec<String>;
    type Studies = Vec<Uuid>;
    type People = Vec<String>;

    const WORDS: Words = Words {
        for_share: " for share",
        // A saved row keeps its key: rows that come to refer to it need not wait, and so wait in no ring.
        for_update: " for no key update",
        tags: "(select cast(coalesce(json_agg(k.tag order by k.position), '[]') as text) from study_tags k where k.study_id = s.id)",
        find: "strpos",
        index: "insert into message_grams (study_id, seq, grams) values ($1, $2, $3)",
        unindex: "delete from message_grams where study_id = $1 and seq = $2",
        unindex_study: "delete from message_grams where study_id = $1",
        indexed: "from message_grams g \
             join messages x on x.study_id = g.study_id and x.seq = g.seq \
             {join} \
             where g.study_id = $1 and g.seq < $2 and g.grams @> $3",
        indexed_place: "g.seq",
        skip_locked: " for update skip locked",
        is_study: "= any($1)",
        is_person: "= any($1)",
        sanctions: "(select cast(coalesce(json_agg(json_build_array(x.kind, x.expires_at) order by x.id), '[]') as text) \
             from sanctions x where x.user_id = u.id and x.is_active)",
        log_time: "cast(null as text)",
        personal: "(select cast(coalesce(json_agg(json_build_array(p.field, p.salt, p.value) order by p.field), '[]') as text) \
             from admin_log_personal p where p.seq = l.seq)",
    };

    fn affected(result: &PgQueryResult) -> u64 {
        result.rows_affected()
    }

    /// The study is one of the words, so that the index finds within it: 32 characters, which no pair has.
    fn grams(study: StudyId, mut grams: Vec<String>) -> Vec<String> {
        grams.push(study.as_uuid().simple().to_string());
        grams
    }

    fn studies(ids: Vec<StudyId>) -> Vec<Uuid> {
        ids.iter().map(StudyId::as_uuid).collect()
    }

    fn people(ids: Vec<UserId>) -> Vec<String> {
        ids.iter().map(|id| id.as_str().to_owned()).collect()
    }

    fn database_error(error: &dyn DatabaseError) -> StoreError {
        if error.kind() == ErrorKind::UniqueViolation {
            return StoreError::AlreadyExists(unique(error.constraint().unwrap_or_default()));
        }
        let code = error.code().unwrap_or_default();
        match &*code {
            // serialization_failure, deadlock_detected, lock_not_available
            "40001" | "40P01" | "55P03" => StoreError::Conflict,
            // query_canceled: by a time limit
            "57014" => StoreError::Busy,
            // read_only_sql_transaction: a standby
            "25006" => StoreError::Unavailable(error.message().to_owned()),
            // connection exceptions; out of disk, memory or connections; shutdown, crash, start; system errors
            code if ["08", "53", "57P", "58"].iter().any(|class| code.starts_with(class)) => {
                StoreError::Unavailable(error.message().to_owned())
            }
            code => StoreError::Backend(format!("{} ({code})", error.message())),
        }
    }
}

fn unique(constraint: &str) -> Unique {
    match constraint {
        "users_email_key" => Unique::UserEmail,
        "oauth_identities_pkey" => Unique::Identity,
        "oauth_identities_user_id" => Unique::IdentityProvider,
        "study_codes_pkey" => Unique::InviteCode,
        "study_members_pkey" => Unique::Member,
        "study_members_owner" => Unique::Owner,
        "messages_client_id" => Unique::ClientId,
        "report_cases_open" => Unique::OpenCase,
        "reports_reporter" => Unique::Report,
        "appeals_sanction_id_key" => Unique::Appeal,
        "idempotency_keys_pkey" => Unique::IdempotencyKey,
        _ => Unique::Id,
    }
}
