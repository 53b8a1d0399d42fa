//! Tests of the chip.
