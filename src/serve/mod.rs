//! The live preview: makes the route that is asked for, reloads on change.
