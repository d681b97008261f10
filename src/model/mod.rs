//! The vocabulary of a storefront as checked data; no I/O, no HTML.
