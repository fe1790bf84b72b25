//! The whole policy as tables: for people, for CSV, for the committed file that shows every change.

use std::fmt::{self, Write as _};

use super::{
    decide::Policy,
    permission::{Permission, Tier},
    restraint::Restraint,
    role::Role,
};

/// Every permission with every role of its tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix(Vec<MatrixRow>);

/// One cell of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatrixRow {
    /// The permission; its tier is the row's.
    pub permission: Permission,
    /// The role.
    pub role: Role,
    /// Whether the role has it, sanctions and personal grants apart.
    pub allowed: bool,
}

impl MatrixRow {
    /// `allow` or `deny`.
    pub const fn decision(&self) -> &'static str {
        if self.allowed { "allow" } else { "deny" }
    }
}

impl Matrix {
    /// The cells: permissions as the specification's table lists them, the host's own last.
    pub fn rows(&self) -> &[MatrixRow] {
        &self.0
    }

    /// Columns `tier,permission,role,decision`.
    pub fn to_csv(&self) -> String {
        let mut csv = String::from("tier,permission,role,decision\n");
        for row in &self.0 {
            let (tier, name, role) = (row.permission.tier(), row.permission.name(), row.role.name());
            _ = writeln!(csv, "{tier},{name},{role},{}", row.decision());
        }
        csv
    }
}

/// A table for people: one line a permission, one column a role.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, tier) in Tier::ALL.into_iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            let mut head = format!("{:<WIDTH$}", tier.name());
            for role in columns(tier) {
                _ = write!(head, "  {:<11}", role.name());
            }
            writeln!(f, "{}", head.trim_end())?;
            let rows = self.0.iter().filter(|row| row.permission.tier() == tier);
            for cells in rows.collect::<Vec<_>>().chunk_by(|one, two| one.permission == two.permission) {
                let Some(first) = cells.first() else { continue };
                write!(f, "{:<WIDTH$}", first.permission.name())?;
                for cell in cells {
                    write!(f, "  {:<11}", cell.decision())?;
                }
                writeln!(f, "  {} / {}", first.permission.label_ko(), first.permission.label_en())?;
            }
        }
        Ok(())
    }
}

const WIDTH: usize = 28;

/// What each sanction takes, and what else stands in the policy as sanctions do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SanctionMatrix(Vec<SanctionRow>);

/// One permission that one sanction takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SanctionRow {
    /// What takes it.
    pub restraint: Restraint,
    /// What it takes.
    pub permission: Permission,
}

impl SanctionMatrix {
    /// What is taken, sorted by the names of sanction, tier and permission.
    pub fn rows(&self) -> &[SanctionRow] {
        &self.0
    }

    /// Columns `sanction,tier,permission`.
    pub fn to_csv(&self) -> String {
        let mut csv = String::from("sanction,tier,permission\n");
        for row in &self.0 {
            _ = writeln!(csv, "{},{},{}", row.restraint, row.permission.tier(), row.permission.name());
        }
        csv
    }
}

/// A table for people: one line a permission, one column a sanction.
impl fmt::Display for SanctionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAME: usize = WIDTH + 6;
        let line = |name: &str, cells: [&str; Restraint::ALL.len()]| {
            let mut line = format!("{name:<NAME$}");
            for (cell, restraint) in cells.into_iter().zip(Restraint::ALL) {
                _ = write!(line, "  {cell:<width$}", width = restraint.name().len());
            }
            line.truncate(line.trim_end().len());
            line
        };
        writeln!(f, "{}", line("sanction", Restraint::ALL.map(Restraint::name)))?;
        let mut taken: Vec<Permission> = self.0.iter().map(|row| row.permission).collect();
        taken.sort_unstable();
        taken.dedup();
        for permission in taken {
            let takes = |restraint| self.0.contains(&SanctionRow { restraint, permission });
            let cells = Restraint::ALL.map(|restraint| if takes(restraint) { "takes" } else { "-" });
            writeln!(f, "{}", line(permission.full_name(), cells))?;
        }
        Ok(())
    }
}

/// The roles of a tier in the order of the specification's table.
fn columns(tier: Tier) -> Vec<Role> {
    match tier {
        Tier::System | Tier::Admin => Role::of(tier).collect(),
        Tier::Study | Tier::Group => Role::of(tier).rev().collect(),
    }
}

impl Policy {
    /// Every permission with every role of its tier.
    ///
    /// ```
    /// let csv = coup_core::policy::Policy::built_in().matrix().to_csv();
    /// assert!(csv.starts_with("tier,permission,role,decision\nsystem,study.browse,USER,allow\n"));
    /// ```
    pub fn matrix(&self) -> Matrix {
        let of = |permission: Permission| {
            let entry = self.entry(permission).copied().unwrap_or_default();
            columns(permission.tier()).into_iter().map(move |role| MatrixRow {
                permission,
                role,
                allowed: entry.has(role),
            })
        };
        Matrix(self.permissions().flat_map(of).collect())
    }

    /// What each sanction takes.
    pub fn sanction_matrix(&self) -> SanctionMatrix {
        let all = self
            .permissions()
            .flat_map(|permission| Restraint::ALL.map(|restraint| SanctionRow { restraint, permission }));
        let taken = all.filter(|row| self.entry(row.permission).is_some_and(|entry| entry.takes(row.restraint)));
        let mut rows: Vec<SanctionRow> = taken.collect();
        rows.sort_by_key(|row| (row.restraint.name(), row.permission.tier().name(), row.permission.name()));
        SanctionMatrix(rows)
    }
}
