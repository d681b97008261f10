//! Consumes a `Draft`; returns a [`Site`], or every problem found.

mod site;

pub use site::Site;
