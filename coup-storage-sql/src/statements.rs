//! The registry of statements.

use std::sync::Arc;

use crate::{
    Words, account::AccountSql, audit::AuditSql, chat::ChatSql, commit::CommitSql, file::FileSql,
    identity::IdentitySql, job::JobSql, limit::LimitSql, live::LiveSql, member::MemberSql, moderation::ModerationSql,
    notification::NotificationSql, personal::PersonalSql, sanction::SanctionSql, second_factor::SecondFactorSql,
    settings::SettingSql, study::StudySql, user::UserSql,
};

/// Declares the statements of an area: their names and texts, and a list of them.
macro_rules! statements {
    ($(#[$doc:meta])* $name:ident($words:ident) { $($statement:ident: $text:expr,)+ }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name {$(
            pub(crate) $statement: std::sync::Arc<str>,
        )+}

        impl $name {
            pub(crate) fn new($words: &$crate::Words) -> Self {
                Self {$(
                    $statement: std::sync::Arc::from($text),
                )+}
            }

            pub(crate) fn list(&self) -> Vec<(String, std::sync::Arc<str>)> {
                vec![$((stringify!($statement).to_owned(), self.$statement.clone())),+]
            }
        }
    };
}
pub(crate) use statements;

/// All statements of a store, built once.
#[derive(Debug)]
pub struct Sql {
    pub(crate) user: UserSql,
    pub(crate) account: AccountSql,
    pub(crate) second_factor: SecondFactorSql,
    pub(crate) identity: IdentitySql,
    pub(crate) file: FileSql,
    pub(crate) study: StudySql,
    pub(crate) member: MemberSql,
    pub(crate) chat: ChatSql,
    pub(crate) moderation: ModerationSql,
    pub(crate) notification: NotificationSql,
    pub(crate) personal: PersonalSql,
    pub(crate) sanction: SanctionSql,
    pub(crate) settings: SettingSql,
    pub(crate) audit: AuditSql,
    pub(crate) job: JobSql,
    pub(crate) limit: LimitSql,
    pub(crate) live: LiveSql,
    pub(crate) commit: CommitSql,
    pub(crate) browse: Vec<(String, Arc<str>)>,
    pub(crate) log: Vec<(String, Arc<str>)>,
    pub(crate) queue: Vec<(String, Arc<str>)>,
}

impl Sql {
    /// The statements in the words of a dialect.
    pub fn new(words: &Words) -> Self {
        Self {
            user: UserSql::new(words),
            account: AccountSql::new(words),
            second_factor: SecondFactorSql::new(words),
            identity: IdentitySql::new(words),
            file: FileSql::new(words),
            study: StudySql::new(words),
            member: MemberSql::new(words),
            chat: ChatSql::new(words),
            moderation: ModerationSql::new(words),
            notification: NotificationSql::new(words),
            personal: PersonalSql::new(words),
            sanction: SanctionSql::new(words),
            settings: SettingSql::new(words),
            audit: AuditSql::new(words),
            job: JobSql::new(words),
            limit: LimitSql::new(words),
            live: LiveSql::new(words),
            commit: CommitSql::new(words),
            browse: crate::study::browse_statements(words),
            log: crate::audit::log_statements(words),
            queue: crate::moderation::queue_statements(),
        }
    }

    /// Names and texts of all statements.
    pub fn statements(&self) -> Vec<(String, Arc<str>)> {
        let mut all = self.user.list();
        all.extend(self.account.list());
        all.extend(self.second_factor.list());
        all.extend(self.identity.list());
        all.extend(self.file.list());
        all.extend(self.study.list());
        all.extend(self.member.list());
        all.extend(self.chat.list());
        all.extend(self.moderation.list());
        all.extend(self.notification.list());
        all.extend(self.personal.list());
        all.extend(self.sanction.list());
        all.extend(self.settings.list());
        all.extend(self.audit.list());
        all.extend(self.job.list());
        all.extend(self.limit.list());
        all.extend(self.live.list());
        all.extend(self.commit.list());
        all.extend(self.browse.iter().cloned());
        all.extend(self.log.iter().cloned());
        all.extend(self.queue.iter().cloned());
        all
    }
}
