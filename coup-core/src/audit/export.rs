//! The log as a file: CSV for a spreadsheet, JSON Lines for whoever wants to verify it elsewhere.

use std::{collections::BTreeMap, collections::VecDeque, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    chain,
    entry::LogEntry,
    model::{AuditFilter, AuditHead, AuditRow},
};
use crate::{
    page::Limit,
    store::{Store, StoreError},
};

words! {
    /// How an export is written.
    ExportFormat {
        /// Comma-separated (RFC 4180), a line of names first. No cell begins a formula.
        Csv = "csv",
        /// One JSON object a line, with the bytes, salts and hashes that verifying needs. The last line is the head.
        JsonLines = "jsonl",
    }
}

/// A log as it is being written to a file, page after page. Its access stands in the log already.
pub struct Export {
    store: Arc<dyn Store>,
    filter: AuditFilter,
    format: ExportFormat,
    head: AuditHead,
    after: i64,
    /// What comes before the entries.
    start: VecDeque<String>,
    /// What comes after them.
    end: VecDeque<String>,
}

impl Export {
    pub(crate) fn new(store: Arc<dyn Store>, filter: AuditFilter, format: ExportFormat, head: AuditHead) -> Self {
        let (start, end) = match format {
            ExportFormat::Csv => (vec![csv_line(COLUMNS.iter().copied())], Vec::new()),
            ExportFormat::JsonLines => (Vec::new(), vec![format!("{}\n", head_line(head))]),
        };
        Self { store, filter, format, head, after: 0, start: start.into(), end: end.into() }
    }

    /// The end of the chain up to which the export goes. Kept elsewhere, it shows a tail that is cut off later.
    pub fn head(&self) -> AuditHead {
        self.head
    }

    /// How it is written.
    pub fn format(&self) -> ExportFormat {
        self.format
    }

    /// The next part of the file; `None` after the last.
    ///
    /// # Errors
    /// When storage fails: what was written so far is not the whole log.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        if let Some(start) = self.start.pop_front() {
            return Ok(Some(start));
        }
        if self.after < self.head.seq {
            let rows = self.store.audit_rows(&self.filter, self.after, Limit::BATCH).await?;
            self.after = rows.last().map_or(self.head.seq, |row| row.seq);
            let text: String =
                rows.iter().filter(|row| row.seq <= self.head.seq).map(|row| line(self.format, row)).collect();
            if !text.is_empty() {
                return Ok(Some(text));
            }
            self.after = self.head.seq;
        }
        Ok(self.end.pop_front())
    }
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").field("format", &self.format).field("head", &self.head).finish_non_exhaustive()
    }
}

const COLUMNS: [&str; 14] = [
    "seq",
    "createdAt",
    "adminId",
    "adminRole",
    "host",
    "action",
    "targetType",
    "targetId",
    "before",
    "after",
    "reason",
    "ipAddress",
    "userAgent",
    "hash",
];

fn line(format: ExportFormat, row: &AuditRow) -> String {
    let entry = LogEntry::new(row, None);
    match format {
        ExportFormat::Csv => csv_line(cells(&entry).iter().map(String::as_str)),
        ExportFormat::JsonLines => format!("{}\n", crate::changes::to_value(&Line::of(row, entry))),
    }
}

/// A line of JSON Lines.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    #[serde(flatten)]
    entry: LogEntry,
    /// What the chain is over, byte for byte.
    bytes: String,
    /// The salts of personal values, by field.
    salts: BTreeMap<String, String>,
}

impl Line {
    fn of(row: &AuditRow, entry: LogEntry) -> Self {
        let salts = row.personal.iter().map(|field| (field.field.clone(), chain::hex(&field.salt)));
        Self { entry, bytes: row.bytes.clone(), salts: salts.collect() }
    }
}

fn head_line(head: AuditHead) -> Value {
    json!({ "head": { "seq": head.seq, "hash": chain::hex(&head.hash) } })
}

fn cells(entry: &LogEntry) -> [String; 14] {
    let object = |values: &BTreeMap<String, Value>| {
        if values.is_empty() { String::new() } else { crate::changes::to_value(values).to_string() }
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        entry.seq.to_string(),
        entry.created_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        text(&entry.admin_id),
        entry.admin_role.map(|role| role.to_string()).unwrap_or_default(),
        text(&entry.host),
        entry.action.clone(),
        text(&entry.target_type),
        text(&entry.target_id),
        object(&entry.before),
        object(&entry.after),
        text(&entry.reason),
        text(&entry.ip_address),
        text(&entry.user_agent),
        entry.hash.clone(),
    ]
}

fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.map(csv_cell).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell of a CSV file. One that a spreadsheet would take for a formula begins with an apostrophe (requirements § 14).
///
/// ```
/// use coup_core::audit::export::csv_cell;
///
/// assert_eq!(csv_cell("=1+1"), "'=1+1");
/// assert_eq!(csv_cell("하나, \"둘\""), "\"하나, \"\"둘\"\"\"");
/// ```
pub fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As a spreadsheet reads a line.
    fn read(line: &str) -> Vec<String> {
        let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
        let mut chars = line.strip_suffix("\r\n").unwrap().chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(std::mem::take(&mut cell)),
                c => cell.push(c),
            }
        }
        cells.push(cell);
        cells
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again_and_no_cell_begins_a_formula(
            cells in proptest::collection::vec("[=+@\t\r\n,\"'a-]{0,6}|\\PC{0,8}", 1..6)
        ) {
            let read = read(&csv_line(cells.iter().map(String::as_str)));
            prop_assert_eq!(read.len(), cells.len());
            for (read, cell) in read.iter().zip(&cells) {
                prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r']), "{read:?}");
                prop_assert_eq!(read.strip_prefix('\'').filter(|rest| rest == cell).unwrap_or(read), cell);
            }
        }
    }
}
