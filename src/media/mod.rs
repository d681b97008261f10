//! Photographs to derivatives, cached by the hash of input and settings.
