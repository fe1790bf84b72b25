//! The second factor: its page in one's profile, setting it up, its recovery codes, and its step of signing in.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};
use qrcode::{Color, EcLevel, QrCode, types::QrError};

use super::{confirm::Confirm, form::Form, frame::Frame};

/// `GET /sign-in/code`; its form posts `code`, `next` to `/sign-in/code`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/sign_in_code.html")]
pub struct CodePage {
    /// What is around it.
    pub frame: Frame,
    /// The fields.
    pub form: Form,
    /// The address to go on to; empty for none.
    pub next: String,
}

/// `GET /me/second-factor`: buttons post to `/me/second-factor/set-up`, to `…/codes`, and one leads to `…/off`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/second_factor.html")]
pub struct SecondFactorPage {
    /// What is around it.
    pub frame: Frame,
    /// Since when it is asked for; absent: it is not.
    pub on_since: Option<DateTime<Utc>>,
    /// How many recovery codes were not used.
    pub codes_left: usize,
    /// Whether the reader's role asks for it, so that it cannot be turned off.
    pub is_required: bool,
    /// What stands in the way of what was asked for.
    pub trouble: Option<String>,
}

/// `GET /me/second-factor/set-up`; its form posts `code` to `/me/second-factor/confirm`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/second_factor_set_up.html")]
pub struct SetUpPage {
    /// What is around it.
    pub frame: Frame,
    /// The fields.
    pub form: Form,
    /// To be scanned.
    pub picture: Picture,
    /// To be typed, in groups of four.
    pub secret: String,
    /// To be opened on the device that has the app.
    pub address: String,
}

/// Fresh recovery codes, after a form: shown this once.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/recovery_codes.html")]
pub struct RecoveryCodesPage {
    /// What is around it.
    pub frame: Frame,
    /// The codes.
    pub codes: Vec<String>,
    /// Whether the second factor was turned on just now.
    pub turned_on: bool,
}

impl RecoveryCodesPage {
    fn lines(&self) -> String {
        self.codes.join("\n")
    }
}

/// A QR code as what an SVG draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How many modules it is wide and high, with the quiet ones around it.
    pub size: usize,
    /// The dark ones, as a path.
    pub path: String,
}

impl Picture {
    /// Quiet modules on each side: as many as the standard asks for.
    const QUIET: usize = 4;

    /// Of a text.
    ///
    /// # Errors
    /// The text is longer than any QR code.
    pub fn of(text: &str) -> Result<Self, QrError> {
        use std::fmt::Write as _;
        let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
        let width = code.width();
        let mut path = String::new();
        for (place, _) in code.to_colors().iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
            let (x, y) = (place % width + Self::QUIET, place / width + Self::QUIET);
            // A text takes whatever is written.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
        Ok(Self { size: width + 2 * Self::QUIET, path })
    }
}

/// A secret as it is typed: in groups of four.
pub(in crate::pages) fn grouped(secret: &str) -> String {
    let signs: Vec<char> = secret.chars().collect();
    signs.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

impl Confirm {
    /// Before turning the second factor off; posts to `/me/second-factor/off`.
    pub fn second_factor_off(frame: &Frame) -> Self {
        Self {
            title: frame.t("factor-off-question"),
            text: frame.t("factor-off-text"),
            points: Vec::new(),
            action: "/me/second-factor/off".to_owned(),
            fields: Vec::new(),
            reason: None,
            button: frame.t("factor-off"),
            cancel: "/me/second-factor".to_owned(),
            danger: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_draws_each_dark_module_within_its_quiet_border() {
        let text = "otpauth://totp/CoUp:kim%40school.kr?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=CoUp";
        let picture = Picture::of(text).unwrap();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        assert_eq!(picture.size, code.width() + 8);
        let dark = code.to_colors().iter().filter(|color| **color == Color::Dark).count();
        assert_eq!(picture.path.matches('M').count(), dark);
        // The finder pattern's corner.
        assert!(picture.path.starts_with("M4 4h1v1h-1zM5 4"), "{}", &picture.path[..40]);
        assert!(Picture::of(&"a".repeat(5000)).is_err());
    }

    #[test]
    fn a_secret_is_typed_in_groups_of_four() {
        assert_eq!(grouped("GEZDGNBVGY3TQOJQ"), "GEZD GNBV GY3T QOJQ");
    }
}
