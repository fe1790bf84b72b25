//! Limits on guessing and on what costs much: how often somebody may try before they have to wait, counted for all nodes.
//!
//! An attempt takes its place *before* it is judged, in one conditional write, and gets it back if it was right: of any number
//! that race not more are judged than the limit says. By account it is counted apart for browsers that have signed in to it
//! ([`Device`](model::Device)), so that no stranger locks its owner out.

pub mod model;
pub mod rules;
pub mod service;
