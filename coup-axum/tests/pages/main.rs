//! The pages, rendered with made-up content: what is in them, what is always true of them, and how their files are served.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod assets;
mod markup;
mod snapshots;

// The same content that the preview shows.
#[path = "../../examples/pages-preview/sample.rs"]
mod sample;

use coup_axum::pages::{Locale, Mount, Preferences, Theme};
use sample::{SAMPLES, Sample};

/// Where the pages of these tests are mounted: not at the root, so that an address that forgets it is seen.
fn mount() -> Mount {
    Mount { base: "/coup".to_owned(), api: "/api".to_owned() }
}

fn render(sample: &Sample, locale: Locale) -> String {
    let preferences = Preferences { locale, theme: Theme::System };
    (sample.render)(sample::frame(&mount(), preferences, sample.path)).unwrap()
}

fn page(path: &str, locale: Locale) -> String {
    let sample = SAMPLES.iter().find(|sample| sample.path == path);
    render(sample.unwrap_or_else(|| panic!("there is no sample of {path}")), locale)
}

/// Every page in every language, with its name for a message.
fn every_page() -> impl Iterator<Item = (String, String)> {
    SAMPLES.iter().flat_map(|sample| {
        Locale::ALL.map(|locale| (format!("{} in {}", sample.path, locale.tag()), render(sample, locale)))
    })
}
