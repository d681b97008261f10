//! Disk to `Draft`: TOML and Markdown parsed, every value with its span.
