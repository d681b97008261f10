//! Consumes a `Draft`; returns a `Site`, or every problem found.
