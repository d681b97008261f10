//! Judges records and published folders from their bytes and a set of trusted keys.
