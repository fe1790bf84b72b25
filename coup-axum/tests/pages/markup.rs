//! What is true of every page, in both languages.

use std::collections::BTreeSet;

use askama::Template as _;
use chrono::DateTime;
use coup_axum::pages::{
    Form, Locale, Person, Preferences,
    chat::{ChatItem, ChatLine, ChatMessage, ChatPage, Posting, Quote},
};

use super::{every_page, mount, page, sample};

/// The values of an attribute.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    html.match_indices(&opening).filter_map(|(place, _)| html[place + opening.len()..].split('"').next()).collect()
}

/// The opening tags of an element.
fn tags<'a>(html: &'a str, element: &str) -> Vec<&'a str> {
    let opening = format!("<{element} ");
    html.match_indices(&opening).filter_map(|(place, _)| html[place..].split('>').next()).collect()
}

#[test]
fn every_address_lies_below_the_mount() {
    for (name, html) in every_page() {
        for attribute in ["href", "src", "action"] {
            for address in values(&html, attribute) {
                let below = address.starts_with("/coup/") || address.starts_with('#') || address.starts_with('?');
                // What an authenticator app opens.
                assert!(below || address.starts_with("otpauth://totp/"), "{name}: {attribute} {address}");
            }
        }
        for address in values(&html, "data-chat") {
            assert!(address.starts_with("/api/my-studies/"), "{name}: {address}");
        }
    }
}

#[test]
fn no_page_needs_a_hole_in_the_content_security_policy() {
    for (name, html) in every_page() {
        assert!(values(&html, "style").is_empty(), "{name} has an inline style");
        assert!(!html.contains("<style"), "{name} has a style element");
        for script in html.split("<script").skip(1) {
            assert!(script.contains("src=\"/coup/assets/"), "{name} has a script of its own");
            assert!(script.split_once('>').unwrap().1.starts_with("</script>"), "{name} has an inline script");
        }
        for handler in [" onclick", " onsubmit", " onload", " onchange", " onerror"] {
            assert!(!html.contains(handler), "{name} has {handler}");
        }
    }
}

#[test]
fn every_page_has_one_heading_one_main_part_a_skip_link_and_its_language() {
    for (name, html) in every_page() {
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        assert!(html.contains("href=\"#main\""), "{name}");
        let language = name.rsplit(' ').next().unwrap();
        assert!(html.contains(&format!("<html lang=\"{language}\"")), "{name}");
        let title = html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
        assert!(title.ends_with(" · CoUp") && title.len() > " · CoUp".len(), "{name}: {title}");
    }
}

#[test]
fn what_is_referred_to_exists_once() {
    for (name, html) in every_page() {
        let ids = values(&html, "id");
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), once.len(), "{name} has an id twice: {ids:?}");
        for attribute in ["for", "aria-labelledby", "aria-describedby"] {
            for id in values(&html, attribute).iter().flat_map(|list| list.split(' ')) {
                assert!(once.contains(id), "{name}: {attribute} {id}");
            }
        }
        for address in values(&html, "href") {
            if let Some(id) = address.strip_prefix("#").filter(|id| !id.is_empty()) {
                assert!(once.contains(id), "{name}: #{id}");
            }
        }
    }
}

#[test]
fn every_field_has_a_label_every_button_and_link_has_words() {
    for (name, html) in every_page() {
        let labelled: BTreeSet<&str> = values(&html, "for").into_iter().collect();
        for element in ["input", "select", "textarea"] {
            for tag in tags(&html, element) {
                let hidden = tag.contains("type=\"hidden\"");
                let by_label = values(tag, "id").first().is_some_and(|id| labelled.contains(id));
                assert!(hidden || by_label || tag.contains("aria-label=\""), "{name}: {tag}");
            }
        }
        for element in ["button", "a", "summary"] {
            for part in html.split(&format!("<{element} ")).skip(1) {
                let (tag, rest) = part.split_once('>').unwrap();
                let inside = rest.split(&format!("</{element}>")).next().unwrap();
                let words: String = inside.split('<').filter_map(|piece| piece.split('>').nth(1)).collect();
                let words = format!("{}{words}", inside.split('<').next().unwrap());
                assert!(tag.contains("aria-label=\"") || !words.trim().is_empty(), "{name}: <{element} {tag}>");
            }
        }
    }
}

#[test]
fn a_password_is_never_sent_back() {
    for (name, html) in every_page() {
        for tag in tags(&html, "input") {
            assert!(!tag.contains("type=\"password\"") || !tag.contains("value="), "{name}: {tag}");
        }
    }
}

#[test]
fn an_english_page_says_nothing_in_korean() {
    for (name, html) in every_page().filter(|(name, _)| name.ends_with(" en")) {
        // The name of the other language, and a category that somebody made up.
        let html = html.replace("한국어", "").replace("정원 가꾸기", "");
        let korean = html.chars().find(|letter| ('\u{ac00}'..='\u{d7a3}').contains(letter));
        assert_eq!(korean, None, "{name}");
    }
}

#[test]
fn what_people_wrote_is_text_and_never_markup() {
    let html = page("/my-studies/1/chat", Locale::Ko);
    assert!(html.contains("<div class=\"bubble\">네!</div>"), "a message stands in its bubble as it was written");
    let hostile = super::sample::hostile(&super::mount());
    assert!(!hostile.contains("<script>alert"), "markup got through");
    assert!(!hostile.contains("\" onmouseover="), "an attribute was broken out of");
    assert!(hostile.contains("&#60;script&#62;alert"), "the text is there");
}

/// What is put into an open page looks as if it had been there from the beginning.
#[test]
fn a_message_by_itself_is_the_line_of_its_room() {
    let frame = sample::frame(&mount(), Preferences::default(), "/my-studies/1/chat");
    let author = Person { id: "u2".to_owned(), name: Some("이서연".to_owned()), avatar: None };
    let quoted =
        Quote { id: "m1".to_owned(), seq: 1, author: author.clone(), content: "질문".to_owned(), deleted: false };
    let plain = ChatMessage {
        id: "m2".to_owned(),
        seq: 2,
        author,
        content: "답".to_owned(),
        quote: Some(quoted),
        mentioned: true,
        at: DateTime::UNIX_EPOCH,
        edited: true,
        deleted: false,
        own: false,
        readers: None,
        may_reply: true,
        may_edit: false,
        may_delete: true,
        may_report: true,
        editing: false,
        first: true,
        last: true,
    };
    let own = ChatMessage { own: true, readers: Some(3), may_edit: true, quote: None, ..plain.clone() };
    let (deleted, editing) =
        (ChatMessage { deleted: true, ..plain.clone() }, ChatMessage { editing: true, ..own.clone() });
    let edit = Form::of([("content", "고칠 말")]);
    for message in [plain, own, deleted, editing] {
        let line = ChatLine { frame: &frame, study_id: "1", message: &message, edit: &edit }.render().unwrap();
        let page = ChatPage { edit: edit.clone(), ..room(vec![ChatItem::Message(Box::new(message))], Posting::Open) };
        let line = line.trim();
        assert!(line.starts_with("<li ") && line.contains("data-message-id=\"m2\" data-seq=\"2\""), "{line}");
        assert!(page.render().unwrap().contains(line), "{line}");
    }
}

fn room(items: Vec<ChatItem>, posting: Posting) -> ChatPage {
    ChatPage {
        frame: sample::frame(&mount(), Preferences::default(), "/my-studies/1/chat"),
        study_id: "1".to_owned(),
        study_name: "알고리즘 스터디".to_owned(),
        items,
        older: None,
        newer: None,
        last_seq: 2,
        unread: 0,
        posting,
        limit: 4000,
        client_id: "c1".to_owned(),
        reply: None,
        form: Form::default(),
        edit: Form::default(),
    }
}

#[test]
fn who_may_not_write_is_told_so_with_an_end_or_without_and_has_no_field() {
    let until = DateTime::from_timestamp(1_800_000_000, 0);
    for (posting, words) in [
        (Posting::Paused { until }, "2027년 1월 15일 오후\u{a0}5:00부터 다시 쓸 수 있어요"),
        (Posting::Paused { until: None }, "끝나는 날이 정해져 있지 않아요"),
    ] {
        let html = room(Vec::new(), posting).render().unwrap();
        assert!(html.contains("지금은 글을 쓸 수 없어요") && html.contains(words), "{html}");
        assert!(html.contains("data-posting=\"paused\"") && !html.contains("data-composer"), "{html}");
    }
}
