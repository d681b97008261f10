//! Source text, spans and diagnostics: saying what is wrong, and where.
