//! The checks, a family to a file. Each looks at a picture and says what is wrong with it; none reads anything.

pub mod alarms;
pub mod health;
pub mod likeness;
pub mod managers;
pub mod reach;
pub mod reading;
pub mod records;
pub mod room;
pub mod routes;
pub mod stickiness;
pub mod swaps;
pub mod zones;
