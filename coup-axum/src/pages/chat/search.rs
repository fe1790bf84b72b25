//! What a search in the chat found.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use crate::pages::frame::{Frame, Person};

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its number in the study.
    pub seq: u64,
    /// Its author.
    pub author: Person,
    /// Its text.
    pub content: String,
    /// When it was sent.
    pub at: DateTime<Utc>,
}

/// A piece of a text: what was searched for, or what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it was searched for.
    pub hit: bool,
}

impl Hit {
    /// The text cut where the query stands in it, letters of either case alike.
    pub fn pieces(&self, query: &str) -> Vec<Piece> {
        let wanted: Vec<char> = query.trim().chars().map(folded).collect();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut push = |text: String, hit: bool| {
            if !text.is_empty() {
                pieces.push(Piece { text, hit });
            }
        };
        let mut rest: Vec<char> = self.content.chars().collect();
        while let Some(place) = place_of(&rest, &wanted) {
            let tail = rest.split_off(place + wanted.len());
            let hit = rest.split_off(place);
            push(rest.into_iter().collect(), false);
            push(hit.into_iter().collect(), true);
            rest = tail;
        }
        push(rest.into_iter().collect(), false);
        pieces
    }
}

/// `GET /my-studies/{id}/chat/search?query=…`; without a query it says what this is for.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "chat/search.html")]
pub struct ChatSearchPage {
    /// What is around it.
    pub frame: Frame,
    /// The study's identifier.
    pub study_id: String,
    /// What was searched for.
    pub query: String,
    /// What was found, newest first.
    pub hits: Vec<Hit>,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl ChatSearchPage {
    fn room_path(&self) -> String {
        format!("/my-studies/{}/chat", self.study_id)
    }
}

/// Lower case, for the letters that stay one letter in it.
fn folded(letter: char) -> char {
    let mut lower = letter.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

fn place_of(text: &[char], wanted: &[char]) -> Option<usize> {
    if wanted.is_empty() {
        return None;
    }
    text.windows(wanted.len())
        .position(|window| window.iter().zip(wanted).all(|(letter, other)| folded(*letter) == *other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(content: &str, query: &str) -> String {
        let author = Person { id: String::new(), name: None, avatar: None };
        let hit = Hit { seq: 1, author, content: content.to_owned(), at: DateTime::UNIX_EPOCH };
        let mark = |piece: Piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text };
        hit.pieces(query).into_iter().map(mark).collect()
    }

    #[test]
    fn what_was_searched_for_is_marked_everywhere() {
        assert_eq!(cut("과제 내일까지 과제!", "과제"), "[과제] 내일까지 [과제]!");
        assert_eq!(cut("Rust, rust, RUST", "rust"), "[Rust], [rust], [RUST]");
        assert_eq!(cut("İstanbul", "i"), "İstanbul");
        assert_eq!(cut("a<b>", "<b>"), "a[<b>]");
        assert_eq!(cut("없음", "과제"), "없음");
        assert_eq!(cut("없음", " "), "없음");
    }
}
