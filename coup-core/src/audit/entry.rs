//! An entry of the log as an administrator reads it: personal values in their places, as long as they are not erased.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    chain,
    model::{AuditRecord, AuditRow, PersonalField},
};
use crate::{env::Timestamp, policy::AdminRole, user::model::Person};

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// Place in the chain, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub created_at: Timestamp,
    /// Who; absent for the host.
    pub admin_id: Option<String>,
    /// The administrator as they are now; absent in exports.
    pub admin: Option<Person>,
    /// In which role then.
    pub admin_role: Option<AdminRole>,
    /// The host's purpose; absent for administrators.
    pub host: Option<String>,
    /// What, as [`AdminAction`](super::model::AdminAction) words it.
    pub action: String,
    /// To which kind of thing.
    pub target_type: Option<String>,
    /// To which.
    pub target_id: Option<String>,
    /// Values before.
    pub before: BTreeMap<String, Value>,
    /// Values after.
    pub after: BTreeMap<String, Value>,
    /// Why.
    pub reason: Option<String>,
    /// From where.
    pub ip_address: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// The personal values that were erased: `ipAddress`, `userAgent`, `before.name`, `after.name`. Each is absent above.
    pub erased: Vec<String>,
    /// Whether the entry's bytes could be read. If not, somebody changed them: verifying says more.
    pub readable: bool,
    /// The entry's hash, in hexadecimal digits.
    pub hash: String,
}

impl LogEntry {
    /// The entry of a row, with its administrator if they are known.
    pub fn new(row: &AuditRow, admin: Option<Person>) -> Self {
        let record: Option<AuditRecord> = serde_json::from_str(&row.bytes).ok();
        let mut entry = Self {
            seq: row.seq,
            created_at: row.at,
            admin_id: row.admin.clone(),
            admin,
            admin_role: None,
            host: None,
            action: row.action.clone(),
            target_type: row.target_type.clone(),
            target_id: row.target_id.clone(),
            before: BTreeMap::new(),
            after: BTreeMap::new(),
            reason: None,
            ip_address: None,
            user_agent: None,
            erased: Vec::new(),
            readable: record.is_some(),
            hash: chain::hex(&row.hash),
        };
        if let Some(record) = record {
            entry.tell(record, &row.personal);
        }
        entry
    }

    fn tell(&mut self, record: AuditRecord, personal: &[PersonalField]) {
        let sealed = chain::sealed(&record);
        self.admin_role = record.role;
        self.host = record.host;
        self.reason = record.reason;
        self.before = record.before;
        self.after = record.after;
        for (field, _) in sealed {
            let value = personal.iter().find(|known| known.field == field).map(|known| known.value.clone());
            if value.is_none() {
                self.erased.push(field.clone());
            }
            let (values, name) = match (field.strip_prefix("before."), field.strip_prefix("after.")) {
                (Some(name), _) => (&mut self.before, name),
                (_, Some(name)) => (&mut self.after, name),
                _ if field == "ipAddress" => {
                    self.ip_address = value;
                    continue;
                }
                _ => {
                    self.user_agent = value;
                    continue;
                }
            };
            match value {
                Some(value) => values.insert(name.to_owned(), Value::String(value)),
                None => values.remove(name),
            };
        }
    }
}
