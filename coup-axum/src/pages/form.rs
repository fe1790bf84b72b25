//! A form as it is shown: what stands in its fields, and what is wrong with them.

/// What is wrong with one field, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, as in the API.
    pub field: String,
    /// What would be right.
    pub message: String,
}

/// The values of a form's fields with the errors about them. After an error it holds what was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    values: Vec<(String, String)>,
    /// What is wrong, field by field, in the order of the fields.
    pub errors: Vec<FieldError>,
    /// What is wrong with the whole.
    pub problem: Option<String>,
}

impl Form {
    /// A form with these values.
    pub fn of<N: Into<String>, V: Into<String>>(values: impl IntoIterator<Item = (N, V)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { values, ..Self::default() }
    }

    /// A form as a browser sent it, or as it stands in an address. A field that comes twice keeps its first value.
    pub fn parse(body: &[u8]) -> Self {
        Self::of(form_urlencoded::parse(body).into_owned())
    }

    /// The same form with a field's value set.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// The same form with an error at a field.
    #[must_use]
    pub fn with_error(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    /// The same form with something wrong with the whole.
    #[must_use]
    pub fn with_problem(mut self, problem: impl Into<String>) -> Self {
        self.problem = Some(problem.into());
        self
    }

    /// What stands in a field; empty for one that is not there.
    pub fn value(&self, name: impl AsRef<str>) -> &str {
        let name = name.as_ref();
        self.values.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Whether a box is ticked. An unticked one is not sent at all.
    pub fn checked(&self, name: impl AsRef<str>) -> bool {
        matches!(self.value(name), "true" | "on" | "1")
    }

    /// What is wrong with a field.
    pub fn error(&self, name: impl AsRef<str>) -> Option<&str> {
        let name = name.as_ref();
        self.errors.iter().find(|error| error.field == name).map(|error| error.message.as_str())
    }

    /// Whether anything is wrong.
    pub fn has_errors(&self) -> bool {
        self.problem.is_some() || !self.errors.is_empty()
    }

    /// How much is wrong.
    pub fn error_count(&self) -> usize {
        self.errors.len().max(1)
    }

    /// Every field that has something in it.
    pub fn filled(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// One choice of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_what_was_typed() {
        let form = Form::parse("name=%EA%B9%80+a&isPublic=true&empty=&name=second".as_bytes());
        assert_eq!(form.value("name"), "김 a");
        assert!(form.checked("isPublic"));
        assert!(!form.checked("isRecruiting"));
        assert_eq!(form.value("missing"), "");
        assert_eq!(form.filled().count(), 3);
        assert_eq!(form.with("name", "b").value("name"), "b");
    }

    #[test]
    fn an_error_stands_at_its_field() {
        let form = Form::default().with_error("name", "이름을 적어 주세요");
        assert!(form.has_errors());
        assert_eq!(form.error("name"), Some("이름을 적어 주세요"));
        assert_eq!(form.error("email"), None);
        assert!(Form::default().with_problem("no").has_errors());
        assert!(!Form::default().has_errors());
    }
}
