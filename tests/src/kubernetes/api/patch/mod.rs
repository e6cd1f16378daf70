//! The three kinds of patches that change what is there. Server-side apply is a fourth, in `owners`.

pub mod json;
pub mod merge;
pub mod strategic;
