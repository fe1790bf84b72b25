//! What letters about sanctions say, in Korean and English.

use chrono_tz::Tz;

use crate::{
    appeal::model::{Appeal, AppealStatus},
    env::Timestamp,
    policy::{AdminRole, Language, SanctionType},
    sanction::model::Sanction,
};

/// The site's time zone (specification, moderation § Settings: the default).
const ZONE: Tz = chrono_tz::Asia::Seoul;

/// What a letter about a sanction is made of.
pub(super) struct SanctionLetter<'a> {
    /// The receiver's.
    pub(super) name: Option<&'a str>,
    pub(super) sanction: &'a Sanction,
    pub(super) tells: Tells<'a>,
    /// Where the receiver sees it all.
    pub(super) page: Option<&'a str>,
}

/// What became of the sanction.
pub(super) enum Tells<'a> {
    /// It began.
    Imposed {
        /// Until when it can be appealed; absent where it cannot be.
        appealable_until: Option<Timestamp>,
    },
    /// It was lifted.
    Lifted,
    /// The appeal against it was decided. Who decided is a role, never a name.
    Decided {
        appeal: &'a Appeal,
        /// Whether the sanction, as it is now, takes something.
        stands: bool,
    },
}

impl SanctionLetter<'_> {
    pub(super) fn subject(&self, language: Language) -> String {
        let what = label(self.sanction.kind, language);
        match (&self.tells, language) {
            (Tells::Imposed { .. }, Language::Ko) => format!("[CoUp] 계정에 제재가 적용되었어요: {what}"),
            (Tells::Imposed { .. }, Language::En) => format!("[CoUp] Your account was sanctioned: {what}"),
            (Tells::Lifted, Language::Ko) => format!("[CoUp] 제재가 해제되었어요: {what}"),
            (Tells::Lifted, Language::En) => format!("[CoUp] A sanction of your account was lifted: {what}"),
            (Tells::Decided { appeal, .. }, Language::Ko) => {
                format!("[CoUp] 이의 제기 결과: {}", ruling(appeal, language))
            }
            (Tells::Decided { appeal, .. }, Language::En) => {
                format!("[CoUp] Your appeal: {}", ruling(appeal, language))
            }
        }
    }

    pub(super) fn text(&self, language: Language) -> String {
        let greeting = greeting(self.name, language);
        let rest = match &self.tells {
            Tells::Imposed { appealable_until } => self.imposed(*appealable_until, language),
            Tells::Lifted => self.lifted(language),
            Tells::Decided { appeal, stands } => self.decided(appeal, *stands, language),
        };
        let parts: Vec<String> = std::iter::once(greeting).chain(rest).filter(|part| !part.is_empty()).collect();
        parts.join("\n\n") + "\n"
    }

    fn imposed(&self, appealable_until: Option<Timestamp>, language: Language) -> Vec<String> {
        let (began, reason) = match language {
            Language::Ko => ("회원님의 계정에 다음 제재가 적용되었어요.", "이유"),
            Language::En => ("Your account was sanctioned.", "Reason"),
        };
        let appeal = appealable_until.map_or_else(String::new, |until| self.appeal(until, language));
        vec![began.to_owned(), self.measure(language), format!("{reason}:\n{}", self.sanction.reason), appeal]
    }

    fn lifted(&self, language: Language) -> Vec<String> {
        let what = label(self.sanction.kind, language);
        let (lifted, what, reason, mistaken) = match language {
            Language::Ko => (
                "회원님의 계정에 적용되었던 다음 제재가 해제되었어요.",
                format!("제재: {what}"),
                "이유",
                "잘못 적용된 제재여서 기록에서 세지 않아요.",
            ),
            Language::En => (
                "The following sanction of your account was lifted.",
                format!("Sanction: {what}"),
                "Reason",
                "It was a mistake, and does not count.",
            ),
        };
        let reason = self.sanction.lift_reason.as_ref().map_or_else(String::new, |why| format!("{reason}:\n{why}"));
        let mistaken = if self.sanction.mistaken { mistaken } else { "" };
        vec![lifted.to_owned(), what, reason, mistaken.to_owned(), self.see(language)]
    }

    fn decided(&self, appeal: &Appeal, stands: bool, language: Language) -> Vec<String> {
        let role = appeal.decided_role.map(|role| role_of(role, language));
        let (decided, by, words, now) = match language {
            Language::Ko => {
                ("회원님의 이의 제기를 살펴보고 결정했어요.", "결정한 사람", "설명", "지금 적용되는 제재예요.")
            }
            Language::En => ("Your appeal was looked at and decided.", "Decided by", "Explanation", "What stands now:"),
        };
        let result = match language {
            Language::Ko => format!("결과: {}", ruling(appeal, language)),
            Language::En => format!("Result: {}", ruling(appeal, language)),
        };
        let words = appeal.words.as_ref().map_or_else(String::new, |text| format!("{words}:\n{text}"));
        let stands = if stands { format!("{now}\n{}", self.measure(language)) } else { String::new() };
        let by = role.map(|role| format!("{by}: {role}"));
        vec![decided.to_owned(), lines([Some(result), by]), words, stands, self.see(language)]
    }

    /// What it is, and how long; a warning has no length.
    fn measure(&self, language: Language) -> String {
        let what = label(self.sanction.kind, language);
        let (what, term) = match language {
            Language::Ko => (format!("제재: {what}"), "기간"),
            Language::En => (format!("Sanction: {what}"), "Lasts"),
        };
        lines([Some(what), self.term(language).map(|how_long| format!("{term}: {how_long}"))])
    }

    fn term(&self, language: Language) -> Option<String> {
        match (self.sanction.kind, self.sanction.expires_at, language) {
            (SanctionType::Warning, ..) => None,
            (_, Some(end), Language::Ko) => Some(format!("{}까지", moment(end, language))),
            (_, Some(end), Language::En) => Some(format!("until {}", moment(end, language))),
            (_, None, Language::Ko) => Some("기한 없음".into()),
            (_, None, Language::En) => Some("without end".into()),
        }
    }

    fn appeal(&self, until: Timestamp, language: Language) -> String {
        let until = moment(until, language);
        match (self.page, language) {
            (Some(page), Language::Ko) => {
                format!("결정이 잘못되었다고 생각하면 {until}까지 한 번 이의를 제기할 수 있어요:\n{page}")
            }
            (None, Language::Ko) => format!(
                "결정이 잘못되었다고 생각하면 {until}까지 한 번 이의를 제기할 수 있어요. 로그인하면 ‘나의 제재’에서 할 수 있어요."
            ),
            (Some(page), Language::En) => {
                format!("If you think that this is wrong, you can appeal it once, until {until}:\n{page}")
            }
            (None, Language::En) => format!(
                "If you think that this is wrong, you can appeal it once, until {until}: sign in and open your sanctions."
            ),
        }
    }

    fn see(&self, language: Language) -> String {
        match (self.page, language) {
            (Some(page), Language::Ko) => format!("나의 제재는 여기에서 볼 수 있어요:\n{page}"),
            (Some(page), Language::En) => format!("Your sanctions are here:\n{page}"),
            (None, _) => String::new(),
        }
    }
}

pub(super) fn greeting(name: Option<&str>, language: Language) -> String {
    match (name, language) {
        (Some(name), Language::Ko) => format!("{name}님, 안녕하세요."),
        (None, Language::Ko) => "안녕하세요,".to_owned(),
        (Some(name), Language::En) => format!("Hello {name},"),
        (None, Language::En) => "Hello,".to_owned(),
    }
}

fn lines(lines: [Option<String>; 2]) -> String {
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

pub(super) fn moment(at: Timestamp, language: Language) -> String {
    let there = at.with_timezone(&ZONE);
    match language {
        Language::Ko => there.format("%Y년 %-m월 %-d일 %H:%M (한국 시각)").to_string(),
        Language::En => there.format("%Y-%m-%d %H:%M (Korean time)").to_string(),
    }
}

const fn ruling(appeal: &Appeal, language: Language) -> &'static str {
    match (appeal.status, language) {
        (AppealStatus::Pending, Language::Ko) => "기다리는 중",
        (AppealStatus::Pending, Language::En) => "not decided",
        (AppealStatus::Upheld, Language::Ko) => "제재를 그대로 두어요",
        (AppealStatus::Upheld, Language::En) => "the sanction stays",
        (AppealStatus::Reduced, Language::Ko) => "제재를 줄였어요",
        (AppealStatus::Reduced, Language::En) => "the sanction was reduced",
        (AppealStatus::Overturned, Language::Ko) => "제재를 취소했어요",
        (AppealStatus::Overturned, Language::En) => "the sanction was overturned",
    }
}

const fn role_of(role: AdminRole, language: Language) -> &'static str {
    match (role, language) {
        (AdminRole::Viewer, Language::Ko) => "조회 담당",
        (AdminRole::Viewer, Language::En) => "a viewer",
        (AdminRole::Moderator, Language::Ko) => "중재자",
        (AdminRole::Moderator, Language::En) => "a moderator",
        (AdminRole::Admin, Language::Ko) => "운영자",
        (AdminRole::Admin, Language::En) => "an administrator",
        (AdminRole::SuperAdmin, Language::Ko) => "최고 운영자",
        (AdminRole::SuperAdmin, Language::En) => "a super administrator",
    }
}

const fn label(kind: SanctionType, language: Language) -> &'static str {
    match (kind, language) {
        (SanctionType::Warning, Language::Ko) => "경고",
        (SanctionType::Warning, Language::En) => "a warning",
        (SanctionType::ChatBan, Language::Ko) => "채팅 금지",
        (SanctionType::ChatBan, Language::En) => "a ban from chat",
        (SanctionType::FileUploadBan, Language::Ko) => "파일 업로드 금지",
        (SanctionType::FileUploadBan, Language::En) => "a ban from uploading files",
        (SanctionType::StudyCreateBan, Language::Ko) => "스터디 생성 금지",
        (SanctionType::StudyCreateBan, Language::En) => "a ban from founding studies",
        (SanctionType::Restriction, Language::Ko) => "활동 제한",
        (SanctionType::Restriction, Language::En) => "a restriction",
        (SanctionType::Suspension, Language::Ko) => "정지",
        (SanctionType::Suspension, Language::En) => "a suspension",
        (SanctionType::PermanentBan, Language::Ko) => "영구 정지",
        (SanctionType::PermanentBan, Language::En) => "a permanent ban",
    }
}
