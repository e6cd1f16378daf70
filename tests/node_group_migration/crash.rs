//! A provider that is killed on the way, one that is stopped, and a destroy in the middle.
