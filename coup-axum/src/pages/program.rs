//! What a browser calls itself, as people call it.

use woothee::{parser::Parser, woothee::VALUE_UNKNOWN};

/// More of what is not known is not shown.
const LONGEST: usize = 60;

/// Such as `Chrome · Windows 10`; what is not known as it calls itself, shortened.
pub(in crate::pages) fn named(user_agent: &str) -> String {
    let known = Parser::new().parse(user_agent);
    let parts: Vec<&str> = known
        .iter()
        .flat_map(|known| [known.name, known.os])
        .filter(|part| !part.is_empty() && *part != VALUE_UNKNOWN)
        .collect();
    if parts.is_empty() {
        let short: String = user_agent.chars().take(LONGEST).collect();
        return if short.len() < user_agent.len() { format!("{short}…") } else { short };
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        for (program, name) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome · Windows 10",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 \
                 Mobile/15E148 Safari/604.1",
                "Safari · iPhone",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
            ("coup-mobile/3", "coup-mobile/3"),
            ("", ""),
        ] {
            assert_eq!(named(program), name);
        }
        let long = "학".repeat(61);
        assert_eq!(named(&long), format!("{}…", "학".repeat(60)));
    }
}
