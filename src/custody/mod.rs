//! Key files and passphrases; nothing else reads a secret.
