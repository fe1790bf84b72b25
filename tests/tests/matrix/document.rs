//! The operations of the API document that is served.

use serde_json::Value;

/// An identifier that nothing has.
pub(crate) const NO_ID: &str = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57";

/// An operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    /// With the names of its parameters.
    pub(crate) path: String,
    /// `x-permission`; empty for `none`.
    pub(crate) permissions: Vec<String>,
    pub(crate) signed_in: bool,
}

impl Operation {
    pub(crate) fn is_below(&self, paths: &[&str]) -> bool {
        paths
            .iter()
            .any(|path| self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }
}

/// All of them.
pub(crate) fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                permissions: permissions(&operation["x-permission"]),
                signed_in: operation.get("security").is_some(),
            })
        })
        .collect()
}

fn permissions(said: &Value) -> Vec<String> {
    match said {
        Value::String(none) if none == "none" => Vec::new(),
        Value::String(one) => vec![one.clone()],
        Value::Array(several) => several.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
        other => panic!("x-permission is {other}: expected a name, several, or none"),
    }
}

/// A path that fits the template, of things that are not there.
pub(crate) fn without_parameters(template: &str) -> String {
    let parts = template.split('/').map(|part| if part.starts_with('{') { NO_ID } else { part });
    parts.collect::<Vec<_>>().join("/")
}
