//! Laws that a policy must keep, whatever its rules say in detail, in a line each, and how one is tried.
//!
//! [`laws`] is the list; [`Law::try_on`] looks for a case that breaks one and shrinks it to the smallest.

mod law;
mod laws;

pub use self::{
    law::{Law, Verdict},
    laws::laws,
};
