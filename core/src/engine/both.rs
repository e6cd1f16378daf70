//! One thing of each side.

use super::gate::Side;

/// One thing of each side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Both<T> {
    /// Blue's.
    pub blue: T,
    /// Green's.
    pub green: T,
}

impl<T> Both<T> {
    /// A side's.
    pub fn of(&self, side: Side) -> &T {
        match side {
            Side::Blue => &self.blue,
            Side::Green => &self.green,
        }
    }

    /// A side's, to be changed.
    pub fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Blue => &mut self.blue,
            Side::Green => &mut self.green,
        }
    }

    /// The two, blue's first.
    pub fn each(&self) -> [(Side, &T); 2] {
        [(Side::Blue, &self.blue), (Side::Green, &self.green)]
    }
}
