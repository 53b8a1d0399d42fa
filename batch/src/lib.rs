//! Stored reads in bulk.
