//! Whole sites, small ones.
