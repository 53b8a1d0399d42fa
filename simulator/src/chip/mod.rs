//! The card operating system.

mod behaviour;

pub use behaviour::{Behaviour, EndOfFile, ErrorProtection, TooLong, WrongPassword};
