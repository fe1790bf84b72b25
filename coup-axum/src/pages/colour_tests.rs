//! The colours of the style sheet: text is readable on what it stands on, in both themes.

use std::collections::BTreeMap;

const STYLES: &str = include_str!("../../static/css/tokens.css");

type Colour = [f64; 3];

/// The tokens of the style sheet: light and dark.
fn tokens() -> BTreeMap<&'static str, [Colour; 2]> {
    let mut tokens = BTreeMap::new();
    for line in STYLES.lines() {
        let Some((name, value)) = line.trim().split_once(": ") else { continue };
        if !name.starts_with("--") || !value.contains('#') || value.contains("rgb") {
            continue;
        }
        let colours: Vec<Colour> = value.split('#').skip(1).map(colour).collect();
        let light = colours[0];
        tokens.insert(name, [light, colours.get(1).copied().unwrap_or(light)]);
    }
    tokens
}

fn colour(hexadecimal: &str) -> Colour {
    let channel = |place: usize| f64::from(u8::from_str_radix(&hexadecimal[place..place + 2], 16).unwrap()) / 255.0;
    [channel(0), channel(2), channel(4)]
}

/// The contrast ratio as WCAG 2 defines it.
fn contrast(one: Colour, other: Colour) -> f64 {
    let linear = |value: f64| if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
    let luminance = |colour: Colour| {
        let [red, green, blue] = colour.map(linear);
        0.0722f64.mul_add(blue, 0.2126f64.mul_add(red, 0.7152 * green))
    };
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

fn holds(pairs: &[(&str, &str)], least: f64) {
    let tokens = tokens();
    for (front, back) in pairs {
        for (theme, name) in ["light", "dark"].into_iter().enumerate() {
            let ratio = contrast(tokens[front][theme], tokens[back][theme]);
            assert!(ratio >= least, "{front} on {back} in the {name} theme: {ratio:.2}");
        }
    }
}

#[test]
fn text_has_a_contrast_of_four_and_a_half_in_both_themes() {
    let mut pairs = Vec::new();
    for back in ["--canvas", "--surface", "--sunken", "--hover"] {
        for front in ["--text", "--text-muted", "--accent-text"] {
            pairs.push((front, back));
        }
    }
    for back in ["--canvas", "--surface", "--sunken"] {
        pairs.push(("--text-faint", back));
    }
    for (front, back) in [
        ("--text", "--accent-soft"),
        ("--text", "--accent-line"),
        ("--text", "--red-soft"),
        ("--text", "--amber-soft"),
        ("--text", "--green-soft"),
        ("--text-muted", "--accent-soft"),
        ("--accent-text", "--accent-soft"),
        ("--accent-text", "--accent-line"),
        ("--accent-on", "--accent-fill"),
        ("--accent-on", "--accent-fill-hover"),
        ("--accent-on", "--red-fill"),
        ("--accent-on", "--red-fill-hover"),
        ("--green-text", "--green-soft"),
        ("--green-text", "--surface"),
        ("--amber-text", "--amber-soft"),
        ("--amber-text", "--surface"),
        ("--red-text", "--red-soft"),
        ("--red-text", "--surface"),
        ("--red-text", "--canvas"),
    ] {
        pairs.push((front, back));
    }
    holds(&pairs, 4.5);
}

#[test]
fn the_edges_of_fields_and_the_focus_ring_have_a_contrast_of_three() {
    holds(
        &[
            ("--line-strong", "--surface"),
            ("--line-strong", "--canvas"),
            ("--red-line", "--surface"),
            ("--accent", "--surface"),
            ("--accent", "--canvas"),
        ],
        3.0,
    );
}
