//! What letters say, in Korean and English.

use chrono_tz::Tz;

use crate::{
    env::Timestamp,
    policy::{Language, SanctionType},
    sanction::model::Sanction,
};

/// The site's time zone (specification, moderation § Settings: the default).
const ZONE: Tz = chrono_tz::Asia::Seoul;

/// What a letter about a sanction is made of.
pub(super) struct Imposed<'a> {
    /// The receiver's.
    pub(super) name: Option<&'a str>,
    pub(super) sanction: &'a Sanction,
    /// Until when it can be appealed; absent where it cannot be.
    pub(super) appealable_until: Option<Timestamp>,
    /// Where.
    pub(super) page: Option<&'a str>,
}

impl Imposed<'_> {
    pub(super) fn subject(&self, language: Language) -> String {
        match language {
            Language::Ko => format!("[CoUp] 계정에 제재가 적용되었어요: {}", label(self.sanction.kind, language)),
            Language::En => format!("[CoUp] Your account was sanctioned: {}", label(self.sanction.kind, language)),
        }
    }

    pub(super) fn text(&self, language: Language) -> String {
        let what = label(self.sanction.kind, language);
        let parts = match language {
            Language::Ko => [
                self.name.map_or_else(|| "안녕하세요,".to_owned(), |name| format!("{name}님, 안녕하세요.")),
                "회원님의 계정에 다음 제재가 적용되었어요.".to_owned(),
                lines([Some(format!("제재: {what}")), self.term(language).map(|term| format!("기간: {term}"))]),
                format!("이유:\n{}", self.sanction.reason),
                self.appeal(language),
            ],
            Language::En => [
                self.name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},")),
                "Your account was sanctioned.".to_owned(),
                lines([Some(format!("Sanction: {what}")), self.term(language).map(|term| format!("Lasts: {term}"))]),
                format!("Reason:\n{}", self.sanction.reason),
                self.appeal(language),
            ],
        };
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("\n\n") + "\n"
    }

    /// How long; a warning has no length.
    fn term(&self, language: Language) -> Option<String> {
        match (self.sanction.kind, self.sanction.expires_at, language) {
            (SanctionType::Warning, ..) => None,
            (_, Some(end), Language::Ko) => Some(format!("{}까지", moment(end, language))),
            (_, Some(end), Language::En) => Some(format!("until {}", moment(end, language))),
            (_, None, Language::Ko) => Some("기한 없음".into()),
            (_, None, Language::En) => Some("without end".into()),
        }
    }

    fn appeal(&self, language: Language) -> String {
        let Some(until) = self.appealable_until else { return String::new() };
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
}

fn lines(lines: [Option<String>; 2]) -> String {
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn moment(at: Timestamp, language: Language) -> String {
    let there = at.with_timezone(&ZONE);
    match language {
        Language::Ko => there.format("%Y년 %-m월 %-d일 %H:%M (한국 시각)").to_string(),
        Language::En => there.format("%Y-%m-%d %H:%M (Korean time)").to_string(),
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
