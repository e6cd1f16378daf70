//! Moving a share in steps: what comes next (pure), and the one loop that does it.

pub mod gate;
