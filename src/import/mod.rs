//! Foreign exports to source files that `read` accepts; never straight to a `Draft`.
