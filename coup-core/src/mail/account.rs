//! What letters about accounts say, in Korean and English.

use super::{
    model::LetterKind,
    words::{greeting, moment},
};
use crate::{env::Timestamp, policy::Language};

/// A letter about an account.
pub(super) enum AccountLetter {
    /// The code that makes it.
    SignUp,
    /// It is there already; somebody signed up with its address.
    Exists,
    /// The code for a new password.
    Reset,
    /// The account is deleted.
    Deleted {
        /// Since when.
        at: Timestamp,
    },
    /// The password is another one.
    PasswordChanged {
        /// Since when.
        at: Timestamp,
    },
    /// A second factor is asked for.
    SecondFactorOn {
        /// Since when.
        at: Timestamp,
    },
    /// It is not asked for any more.
    SecondFactorOff {
        /// Since when.
        at: Timestamp,
    },
}

impl AccountLetter {
    pub(super) const fn kind(&self) -> LetterKind {
        match self {
            Self::SignUp => LetterKind::SignUpCode,
            Self::Exists => LetterKind::AccountExists,
            Self::Reset => LetterKind::ResetCode,
            Self::Deleted { .. } => LetterKind::AccountDeleted,
            Self::PasswordChanged { .. } => LetterKind::PasswordChanged,
            Self::SecondFactorOn { .. } => LetterKind::SecondFactorOn,
            Self::SecondFactorOff { .. } => LetterKind::SecondFactorOff,
        }
    }

    /// Never with the code: subjects are shown on locked screens.
    pub(super) const fn subject(&self, language: Language) -> &'static str {
        match (self, language) {
            (Self::SignUp, Language::Ko) => "[CoUp] 가입을 마치려면 이 코드를 입력해 주세요",
            (Self::SignUp, Language::En) => "[CoUp] The code that completes your sign-up",
            (Self::Exists, Language::Ko) => "[CoUp] 이미 계정이 있어요",
            (Self::Exists, Language::En) => "[CoUp] You already have an account",
            (Self::Reset, Language::Ko) => "[CoUp] 새 비밀번호를 정하기 위한 코드예요",
            (Self::Reset, Language::En) => "[CoUp] The code for a new password",
            (Self::Deleted { .. }, Language::Ko) => "[CoUp] 탈퇴가 끝났어요",
            (Self::Deleted { .. }, Language::En) => "[CoUp] Your account was deleted",
            (Self::PasswordChanged { .. }, Language::Ko) => "[CoUp] 비밀번호가 바뀌었어요",
            (Self::PasswordChanged { .. }, Language::En) => "[CoUp] Your password was changed",
            (Self::SecondFactorOn { .. }, Language::Ko) => "[CoUp] 2단계 인증을 켰어요",
            (Self::SecondFactorOn { .. }, Language::En) => "[CoUp] Two-step sign-in is on",
            (Self::SecondFactorOff { .. }, Language::Ko) => "[CoUp] 2단계 인증이 꺼졌어요",
            (Self::SecondFactorOff { .. }, Language::En) => "[CoUp] Two-step sign-in is off",
        }
    }

    /// The whole letter. `site` is the address of CoUp's pages.
    pub(super) fn text(
        &self,
        language: Language,
        name: Option<&str>,
        code: Option<&str>,
        site: Option<&str>,
    ) -> String {
        let mut parts = vec![greeting(name, language)];
        parts.extend(match language {
            Language::Ko => self.korean(site),
            Language::En => self.english(site),
        });
        if let Some(code) = code {
            parts.insert(2, format!("    {code}"));
        }
        parts.join("\n\n") + "\n"
    }

    fn korean(&self, site: Option<&str>) -> Vec<String> {
        let at = |path: &str, words: &str, without: &str| {
            site.map_or_else(|| without.to_owned(), |site| format!("{words}\n{site}{path}"))
        };
        match self {
            Self::SignUp => vec![
                "이 이메일 주소로 CoUp에 가입하려는 요청이 있었어요. 가입을 마치려면 가입할 때 정한 비밀번호와 함께 이 코드를 입력해 주세요.".into(),
                at("/verify", "입력하는 곳:", "가입한 화면에서 입력할 수 있어요."),
                "코드는 24시간 동안 쓸 수 있어요.".into(),
                "직접 가입하지 않았다면 아무것도 하지 않아도 돼요. 코드를 입력하지 않으면 계정이 만들어지지 않아요.".into(),
            ],
            Self::Exists => vec![
                "누군가 이 이메일 주소로 CoUp에 가입하려고 했어요. 하지만 이 주소에는 이미 계정이 있어요.".into(),
                at("/reset", "직접 하셨다면 로그인하거나, 비밀번호를 잊었다면 여기에서 새로 정할 수 있어요:", "직접 하셨다면 로그인하거나, 비밀번호를 잊었다면 로그인 화면에서 새로 정할 수 있어요."),
                "직접 하지 않았다면 아무것도 하지 않아도 돼요. 계정은 그대로예요.".into(),
            ],
            Self::Reset => vec![
                "CoUp 계정의 비밀번호를 새로 정하려는 요청이 있었어요. 이 코드를 입력하면 새 비밀번호를 정할 수 있어요.".into(),
                at("/reset/confirm", "입력하는 곳:", "요청한 화면에서 입력할 수 있어요."),
                "코드는 1시간 동안 쓸 수 있어요.".into(),
                "직접 요청하지 않았다면 아무것도 하지 않아도 돼요. 코드를 아무에게도 알려 주지 마세요. 비밀번호는 그대로예요.".into(),
            ],
            Self::Deleted { at: when } => vec![
                format!("{}에 CoUp 계정을 탈퇴했어요. 이름과 이메일 주소를 비롯한 개인정보는 지웠고, 스터디에 남긴 글은 ‘탈퇴한 사용자’ 이름으로 남아요.", moment(*when, Language::Ko)),
                "되돌릴 수는 없어요. 같은 이메일 주소로 새로 가입할 수는 있어요. 이 편지를 마지막으로 이 주소도 지워요.".into(),
                "직접 탈퇴하지 않았다면 운영자에게 알려 주세요.".into(),
            ],
            Self::PasswordChanged { at: when } => vec![
                format!("{}에 CoUp 계정의 비밀번호가 바뀌었어요. 다른 기기에서는 모두 로그아웃되었어요.", moment(*when, Language::Ko)),
                at("/reset", "직접 바꾸지 않았다면 바로 여기에서 비밀번호를 새로 정해 주세요:", "직접 바꾸지 않았다면 바로 로그인 화면에서 비밀번호를 새로 정해 주세요."),
            ],
            Self::SecondFactorOn { at: when } => vec![
                format!("{}에 CoUp 계정의 2단계 인증을 켰어요. 이제 로그인할 때 인증 앱의 코드를 함께 입력해요. 다른 기기에서는 모두 로그아웃되었어요.", moment(*when, Language::Ko)),
                "복구 코드를 안전한 곳에 보관해 주세요. 인증 앱을 쓸 수 없을 때 필요해요.".into(),
                at("/reset", "직접 켜지 않았다면 바로 여기에서 비밀번호를 새로 정하고, 관리자에게 알려 주세요:", "직접 켜지 않았다면 바로 로그인 화면에서 비밀번호를 새로 정하고, 관리자에게 알려 주세요."),
            ],
            Self::SecondFactorOff { at: when } => vec![
                format!("{}에 CoUp 계정의 2단계 인증이 꺼졌어요. 이제 코드 없이 로그인할 수 있어요.", moment(*when, Language::Ko)),
                at("/reset", "직접 끄지 않았다면 바로 여기에서 비밀번호를 새로 정해 주세요:", "직접 끄지 않았다면 바로 로그인 화면에서 비밀번호를 새로 정해 주세요."),
            ],
        }
    }

    fn english(&self, site: Option<&str>) -> Vec<String> {
        let at = |path: &str, words: &str, without: &str| {
            site.map_or_else(|| without.to_owned(), |site| format!("{words}\n{site}{path}"))
        };
        match self {
            Self::SignUp => vec![
                "Somebody is signing up to CoUp with this e-mail address. To complete it, type this code, together with the password of the sign-up.".into(),
                at("/verify", "Here:", "The page on which you signed up takes it."),
                "The code works for 24 hours.".into(),
                "If that was not you, there is nothing to do: without the code no account is made.".into(),
            ],
            Self::Exists => vec![
                "Somebody tried to sign up to CoUp with this e-mail address, which already has an account.".into(),
                at("/reset", "If that was you, sign in, or choose a new password here if you have forgotten yours:", "If that was you, sign in, or choose a new password from the sign-in page if you have forgotten yours."),
                "If that was not you, there is nothing to do: your account is as it was.".into(),
            ],
            Self::Reset => vec![
                "Somebody asked for a new password of your CoUp account. With this code you can choose one.".into(),
                at("/reset/confirm", "Here:", "The page on which you asked for it takes it."),
                "The code works for an hour.".into(),
                "If that was not you, there is nothing to do: your password is as it was. Tell nobody the code.".into(),
            ],
            Self::Deleted { at: when } => vec![
                format!("Your CoUp account was deleted ({}). Your name, your e-mail address and all other personal data were erased; what you wrote in studies stays under \u{201c}deleted user\u{201d}.", moment(*when, Language::En)),
                "This cannot be undone. You can sign up anew with the same address. With this letter the address is erased, too.".into(),
                "If that was not you, tell an administrator.".into(),
            ],
            Self::PasswordChanged { at: when } => vec![
                format!("The password of your CoUp account was changed ({}). All other devices were signed out.", moment(*when, Language::En)),
                at("/reset", "If that was not you, choose a new password at once:", "If that was not you, choose a new password at once, from the sign-in page."),
            ],
            Self::SecondFactorOn { at: when } => vec![
                format!("Two-step sign-in of your CoUp account was turned on ({}): signing in asks for a code of your authenticator app. All other devices were signed out.", moment(*when, Language::En)),
                "Keep your recovery codes in a safe place: they let you in when you cannot use the app.".into(),
                at("/reset", "If that was not you, choose a new password at once, and tell an administrator:", "If that was not you, choose a new password at once, from the sign-in page, and tell an administrator."),
            ],
            Self::SecondFactorOff { at: when } => vec![
                format!("Two-step sign-in of your CoUp account was turned off ({}): no code is asked for any more.", moment(*when, Language::En)),
                at("/reset", "If that was not you, choose a new password at once:", "If that was not you, choose a new password at once, from the sign-in page."),
            ],
        }
    }
}
