//! Whose pages may sign in by a cookie: a browser sends it along for every page, and a WebSocket asks nobody first.

use axum::http::{HeaderMap, HeaderName, header, request::Parts};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Origins beside the one that is asked itself.
#[derive(Debug, Clone)]
pub(super) struct Origins(Vec<String>);

impl Origins {
    pub(super) fn new(origins: &[String]) -> Self {
        Self(origins.iter().map(|origin| origin.trim_end_matches('/').to_ascii_lowercase()).collect())
    }

    /// Whether the page that opens a session is one of those that may. What says nothing of any page is no browser.
    pub(super) fn allow(&self, opening: &Parts) -> bool {
        let headers = &opening.headers;
        let host =
            text(headers, &header::HOST).or_else(|| opening.uri.authority().map(axum::http::uri::Authority::as_str));
        match (headers.contains_key(header::ORIGIN), text(headers, &header::ORIGIN)) {
            (true, origin) => origin.is_some_and(|origin| self.knows(origin, host)),
            // Browsers leave it out where a page polls its own origin, and say so in other ways.
            (false, _) => match text(headers, &FETCH_SITE) {
                Some(site) => site == "same-origin",
                None => {
                    text(headers, &header::REFERER).and_then(origin_of).is_some_and(|origin| self.knows(origin, host))
                }
            },
        }
    }

    fn knows(&self, origin: &str, host: Option<&str>) -> bool {
        let asked = origin.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
        let is_own = asked.is_some_and(|(_, page)| host.is_some_and(|host| page.eq_ignore_ascii_case(host)));
        is_own || self.0.iter().any(|known| known.eq_ignore_ascii_case(origin))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The origin of a page's address.
fn origin_of(address: &str) -> Option<&str> {
    let begin = address.find("://")? + 3;
    let end = address.get(begin..)?.find('/').map_or(address.len(), |length| begin + length);
    address.get(..end)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn allow(headers: &[(&str, &str)]) -> bool {
        let origins = Origins::new(&["https://Study.school.kr/".into()]);
        let mut request = Request::get("/socket.io/?EIO=4&transport=polling").header("host", "coup.school.kr");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        origins.allow(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn a_page_of_the_same_or_a_configured_origin_may_sign_in() {
        assert!(allow(&[("origin", "https://coup.school.kr")]));
        assert!(allow(&[("origin", "https://study.school.kr")]));
        assert!(allow(&[("sec-fetch-site", "same-origin")]));
        assert!(allow(&[("referer", "http://coup.school.kr/studies/1")]));
    }

    #[test]
    fn no_other_page_may() {
        for headers in [
            &[][..],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "https://coup.school.kr.evil.example")],
            &[("origin", "https://coup.school.kr:8443")],
            &[("origin", "ftp://coup.school.kr")],
            &[("origin", "http://study.school.kr")],
            &[("origin", "\u{e9}")],
            &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
            &[("origin", "https://evil.example"), ("referer", "https://coup.school.kr/")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("referer", "https://coup.school.kr/")],
            &[("sec-fetch-site", "none")],
            &[("referer", "https://evil.example/coup.school.kr")],
            &[("referer", "coup.school.kr")],
        ] {
            assert!(!allow(headers), "{headers:?}");
        }
    }
}
