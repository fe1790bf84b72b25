//! The two languages, and which of them a request asks for.

use axum::http::{HeaderMap, header};

pub use coup_core::policy::Language;

/// `ko` or `en`.
pub(super) const fn tag(language: Language) -> &'static str {
    match language {
        Language::Ko => "ko",
        Language::En => "en",
    }
}

/// Which of the two languages `Accept-Language` prefers ([RFC 9110 §12.5.4]); Korean when it says nothing of either.
///
/// [RFC 9110 §12.5.4]: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
pub fn accepted(headers: &HeaderMap) -> Language {
    let ranges = headers.get_all(header::ACCEPT_LANGUAGE).into_iter().filter_map(|value| value.to_str().ok());
    let mut best: Option<(Language, u16)> = None;
    for (language, quality) in ranges.flat_map(|value| value.split(',')).filter_map(range) {
        if quality > 0 && best.is_none_or(|(_, so_far)| quality > so_far) {
            best = Some((language, quality));
        }
    }
    best.map_or(Language::Ko, |(language, _)| language)
}

/// A language range with its quality in thousandths.
fn range(text: &str) -> Option<(Language, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next()?;
    let primary = tag.split('-').next()?;
    let language = if primary.eq_ignore_ascii_case("en") {
        Language::En
    } else if primary.eq_ignore_ascii_case("ko") || tag == "*" {
        Language::Ko
    } else {
        return None;
    };
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some((language, quality.map_or(Some(1000), thousandths)?))
}

fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: u16 = if fraction.is_empty() { 0 } else { format!("{fraction:0<3}").get(..3)?.parse().ok()? };
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_better_quality_wins_and_korean_is_the_default() {
        for (asked, language) in [
            ("", Language::Ko),
            ("en", Language::En),
            ("en-GB,en;q=0.9", Language::En),
            ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", Language::Ko),
            ("ko;q=0.5, en;q=0.51", Language::En),
            ("fr, de;q=0.9", Language::Ko),
            ("fr, en;q=0.1", Language::En),
            ("en;q=0, ko;q=0.001", Language::Ko),
            ("en;q=0", Language::Ko),
            ("*;q=0.1, en;q=0.5", Language::En),
            ("EN;q=1.000", Language::En),
            ("en;q=zebra", Language::Ko),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(asked).unwrap());
            assert_eq!(accepted(&headers), language, "{asked:?}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Language::Ko);
    }
}
