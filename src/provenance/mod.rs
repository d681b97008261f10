//! Formats and cryptography of records and logs, as pure functions on bytes.
