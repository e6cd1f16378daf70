//! Moving a share in steps: what comes next (pure), and the one loop that does it.

pub mod both;
pub mod driver;
pub mod gate;
pub mod itinerary;
pub mod observer;
pub mod outcome;
pub mod shift;
pub mod standing;
pub mod transition;
pub mod work;
