//! Loads what was signed from the site's folder, and verifies it.
