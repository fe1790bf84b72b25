//! `verify-audit`: whether the audit log is as it was written.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use coup_core::{
    audit::{
        chain::{Broken, Verified},
        model::AuditHead,
        service::verify,
    },
    policy::Language,
};

use crate::{cli::StoreOptions, config::Settings, failure::Failure, store};

#[derive(Debug, Args)]
pub(crate) struct VerifyAuditArgs {
    /// A head that was kept elsewhere: only it shows an end that was cut off or written anew
    #[arg(long, value_name = "SEQ:HASH")]
    head: Option<AuditHead>,
    /// Write the head to this file, if the log is as it was written; to be kept elsewhere
    #[arg(long, value_name = "FILE")]
    export_head: Option<PathBuf>,
    #[command(flatten)]
    store: StoreOptions,
}

/// Verifies, and writes nothing to the database. The status is 1 if the log is not as it was written.
pub(crate) async fn run(arguments: VerifyAuditArgs) -> Result<ExitCode, Failure> {
    let VerifyAuditArgs { head, export_head, store } = arguments;
    let settings = Settings::for_store(store)?;
    let opened = store::open_as_it_is(&settings).await?;
    let found = verify(&*opened.store(), head).await;
    opened.close().await;
    match found? {
        Ok(verified) => {
            if let Some(path) = export_head {
                std::fs::write(&path, format!("{}\n", verified.head)).map_err(|error| {
                    Failure::cannot_create(format!("cannot write the head to {}: {error}", path.display()))
                })?;
            }
            say(&whole(verified, head));
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            say(&damaged(&broken));
            Ok(ExitCode::FAILURE)
        }
    }
}

#[expect(clippy::print_stdout, reason = "what the command was asked for")]
fn say(words: &str) {
    println!("{words}");
}

fn whole(Verified { head, erased }: Verified, anchor: Option<AuditHead>) -> String {
    let mut words = format!(
        "감사 로그가 기록된 그대로예요. / The audit log is as it was written.\n  \
         기록 / entries: {}\n  지워진 개인정보 / erased personal values: {erased}\n  머리 값 / head: {head}",
        head.seq
    );
    if anchor.is_none() {
        words += "\n이 머리 값을 다른 곳에 보관했다가 다음에 --head로 주세요. 끝이 잘린 것은 그래야 드러나요.\n\
                  Keep this head elsewhere and give it with --head next time: nothing else shows an end that was cut off.";
    }
    words
}

fn damaged(broken: &Broken) -> String {
    let (ko, en) = (broken.in_words(Language::Ko), broken.in_words(Language::En));
    format!(
        "감사 로그가 기록된 것과 달라요. {ko}\n\
         데이터베이스를 지금 그대로 복사해 두고, 예전 백업이나 내보낸 기록과 견주어 누가 고쳤는지 확인하세요.\n\
         The audit log is not as it was written. {en}\n\
         Keep a copy of the database as it is now, and compare it with an earlier backup or export to see what was changed."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_names_the_entry_and_what_to_do_in_both_languages() {
        let words = damaged(&Broken::Changed(17));
        assert!(words.contains("17번 기록") && words.contains("entry 17 was changed"), "{words}");
        assert!(words.contains("복사해 두고") && words.contains("Keep a copy"), "{words}");
        let head = AuditHead { seq: 3, hash: [1; 32] };
        let words = whole(Verified { head, erased: 2 }, None);
        assert!(words.contains(&head.to_string()) && words.contains("--head"), "{words}");
        assert!(!whole(Verified { head, erased: 2 }, Some(head)).contains("--head"));
    }
}
