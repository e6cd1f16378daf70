//! The checks, a family to a file. Each looks at a picture and says what is wrong with it; none reads anything.

pub(crate) mod alarms;
pub(crate) mod clusters;
pub(crate) mod health;
pub(crate) mod likeness;
pub(crate) mod managers;
pub(crate) mod reach;
pub(crate) mod reading;
pub(crate) mod records;
pub(crate) mod room;
pub(crate) mod routes;
pub(crate) mod stickiness;
pub(crate) mod swaps;
pub(crate) mod zones;
