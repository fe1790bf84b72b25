//! What is live: who hears which events, connections that end when a right does, tickets, and the way from node to node.

pub mod bus;
pub mod model;
pub mod rules;
pub mod service;
