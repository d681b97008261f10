//! Outside time: what others say about when bytes existed.
//!
//! Both forms date the exact bytes of a checkpoint, and with it every entry of the log up to its
//! size. Neither says who made something, nor when; only *no later than*.
//!
//! - [`rfc3161`]: tokens of a time-stamp authority, judged against certificates that the
//!   caller trusts.
//! - [`ots`]: OpenTimestamps proofs, which lead to the merkle root of a Bitcoin block.

mod chain;
pub mod ots;
pub mod rfc3161;
