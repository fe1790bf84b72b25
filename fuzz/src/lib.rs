//! What must hold of any input; each function panics where it does not. Called by the fuzz targets, and with the committed
//! corpus and random changes of it by the plain tests in `tests/tests/fuzz`.

#[path = "bodies.rs"]
mod http;
mod parsing;

pub use self::{
    http::bodies,
    parsing::{cursors, policy, texts},
};
