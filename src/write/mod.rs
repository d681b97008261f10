//! Puts bytes on disk, durably: a crash leaves the old state or the new one.
