//! Input that is meant to cost.
