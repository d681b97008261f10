//! A design to a signed and logged record; the only user of `custody`.
