//! A chip of a CCCD in software.
