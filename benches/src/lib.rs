//! The benchmarks are programs in `benches/`; this crate has no code of its own.
