//! Every file of Doc 9303-10: what the simulator writes comes out of the parsers as it went in, other people's files are
//! read to the byte, and groups of any length come over the air.

mod common;
#[path = "lds/foreign.rs"]
mod foreign_files;
#[path = "lds/large.rs"]
mod large;
#[path = "lds/pixels.rs"]
mod pixels;
#[path = "lds/round_trip.rs"]
mod round_trip;
