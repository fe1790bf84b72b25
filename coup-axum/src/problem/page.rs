//! A problem's words for a page, which says until when in a line of its own, in its own way of writing dates.

use coup_core::{env::Timestamp, policy::Restraint};

use super::{Language, Problem, Wording, words::Said};

impl Problem {
    /// What stands in the way, in words.
    pub(crate) fn words(&self, language: Language, wording: Option<&dyn Wording>) -> String {
        let lasting = Self { sanction: self.sanction.map(|(restraint, _)| (restraint, None)), ..self.clone() };
        Said { language, wording }.detail(&lasting)
    }

    /// Until when it stands in the way.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.sanction.and_then(|(_, until)| until)
    }

    /// Whether it is a sanction, which has a page of its own, and not a pause or a missing consent.
    pub(crate) fn is_sanction(&self) -> bool {
        let apart = [Restraint::PostingPause, Restraint::ConsentMissing];
        self.sanction.is_some_and(|(restraint, _)| !apart.contains(&restraint))
    }

    /// What is wrong with each field: its name as the client wrote it, and the words.
    pub(crate) fn fields(&self, language: Language, wording: Option<&dyn Wording>) -> Vec<(&str, String)> {
        let said = Said { language, wording };
        self.errors.iter().map(|error| (error.field.as_str(), said.field(error))).collect()
    }

    /// Whether an address named something by what is no identifier, so that there is nothing at it.
    pub(crate) fn names_nothing(&self) -> bool {
        !self.errors.is_empty() && self.errors.iter().all(|error| error.code == "malformed_id")
    }
}

#[cfg(test)]
mod tests {
    use coup_core::{
        error::{Error, StateError},
        policy::PeopleRule,
    };

    use super::*;

    #[test]
    fn whatever_stands_in_the_way_is_said_in_both_languages() {
        let people = [PeopleRule::Oneself, PeopleRule::Owner, PeopleRule::NotAuthor].map(Error::from);
        let errors = StateError::ALL.iter().map(|state| Error::from(*state)).chain(people);
        for error in errors.chain([Error::WrongCredentials]) {
            let problem = Problem::from(error);
            let hangul = |text: &str| text.chars().any(|letter| ('가'..='힣').contains(&letter));
            let (ko, en) = (problem.words(Language::Ko, None), problem.words(Language::En, None));
            assert!(hangul(&ko), "{}: {ko}", problem.code());
            assert!(!hangul(&en) && !en.starts_with("problem."), "{}: {en}", problem.code());
        }
    }
}
