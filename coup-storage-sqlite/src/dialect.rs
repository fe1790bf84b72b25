//! SQLite's words and errors.

use coup_core::{
    id::{StudyId, UserId},
    store::{StoreError, Unique},
};
use coup_storage_sql::{Dialect, Words};
use serde_json::Value;
use sqlx::{
    Sqlite,
    error::{DatabaseError, ErrorKind},
    sqlite::SqliteQueryResult,
};

/// SQLite.
#[derive(Debug)]
pub(crate) struct Lite;

impl Dialect for Lite {
    type Db = Sqlite;
    type Grams = String;
    type Studies = String;
    type People = String;

    const WORDS: Words = Words {
        for_share: "",
        for_update: "",
        tags: "(select json_group_array(k.tag order by k.position) from study_tags k where k.study_id = s.id)",
        find: "instr",
        index: "insert into message_grams (rowid, grams) \
             values ((select number from studies where id = $1) * 4294967296 + $2, $3)",
        unindex: "delete from message_grams where rowid = (select number from studies where id = $1) * 4294967296 + $2",
        unindex_study: "delete from message_grams where rowid in (\
             select s.number * 4294967296 + x.seq from studies s join messages x on x.study_id = s.id where s.id = $1)",
        // `cross join` keeps the order: the index first.
        indexed: "from studies z \
             cross join message_grams g \
             cross join messages x on x.study_id = z.id and x.seq = (g.rowid & 4294967295) \
             {join} \
             where z.id = $1 and g.rowid > z.number * 4294967296 and g.rowid < z.number * 4294967296 + $2 and g.message_grams match $3",
        indexed_place: "g.rowid",
        skip_locked: "",
        is_study: "in (select unhex(g.value) from json_each($1) g)",
        is_person: "in (select g.value from json_each($1) g)",
        sanctions: "(select json_group_array(json_array(x.kind, x.expires_at) order by x.id) \
             from sanctions x where x.user_id = u.id and x.is_active)",
        log_time: "l.created_at",
        personal: "(select json_group_array(json_array(p.field, p.salt, p.value) order by p.field) \
             from admin_log_personal p where p.seq = l.seq)",
    };

    fn affected(result: &SqliteQueryResult) -> u64 {
        result.rows_affected()
    }

    /// Each pair as one word of letters and digits, which the tokenizer leaves whole; several words are all sought.
    fn grams(_study: StudyId, grams: Vec<String>) -> String {
        let word = |gram: String| gram.chars().map(|c| format!("{:x}", u32::from(c))).collect::<Vec<_>>().join("x");
        grams.into_iter().map(word).collect::<Vec<_>>().join(" ")
    }

    /// A JSON list of what each is as hexadecimal digits.
    fn studies(ids: Vec<StudyId>) -> String {
        list(ids.into_iter().map(|id| id.as_uuid().simple().to_string()))
    }

    /// A JSON list.
    fn people(ids: Vec<UserId>) -> String {
        list(ids.iter().map(|id| id.as_str().to_owned()))
    }

    fn database_error(error: &dyn DatabaseError) -> StoreError {
        if error.kind() == ErrorKind::UniqueViolation {
            return StoreError::AlreadyExists(unique(error.message()));
        }
        let code: i32 = error.code().and_then(|code| code.parse().ok()).unwrap_or_default();
        let words = || format!("{} ({code})", error.message());
        match code & 0xff {
            // busy, locked
            5 | 6 => StoreError::Busy,
            // out of memory, read-only, disk error, full, cannot open
            7 | 8 | 10 | 13 | 14 => StoreError::Unavailable(words()),
            // corrupt, not a database
            11 | 26 => StoreError::Corrupt(words()),
            _ => StoreError::Backend(words()),
        }
    }
}

fn list(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Value>().to_string()
}

/// SQLite says the columns: "UNIQUE constraint failed: users.email".
fn unique(message: &str) -> Unique {
    match message.rsplit_once(": ").map_or(message, |(_, columns)| columns) {
        "users.email" => Unique::UserEmail,
        "oauth_identities.issuer, oauth_identities.subject" => Unique::Identity,
        "oauth_identities.user_id, oauth_identities.provider" => Unique::IdentityProvider,
        "study_codes.code" => Unique::InviteCode,
        "study_members.study_id, study_members.user_id" => Unique::Member,
        "study_members.study_id" => Unique::Owner,
        "messages.user_id, messages.client_id" => Unique::ClientId,
        "report_cases.target_type, report_cases.target_id" => Unique::OpenCase,
        "reports.case_id, reports.reporter_id" => Unique::Report,
        "appeals.sanction_id" => Unique::Appeal,
        "idempotency_keys.user_id, idempotency_keys.key" => Unique::IdempotencyKey,
        _ => Unique::Id,
    }
}
