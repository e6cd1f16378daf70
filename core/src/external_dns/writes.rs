//! The order in which two weights are written that two programs bring to Route 53, each at its own time. Pure.

use crate::engine::gate::Side;
use crate::share::{Share, Weights};

/// A weight of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Write {
    /// Whose.
    pub side: Side,
    /// The weight.
    pub weight: u32,
}

/// What to write, in this order, and each only when Route 53 shows the one before. The share in between lies between the
/// first and the last, wherever an order is that good: the side that rises rises first, and what is idle changes its
/// scale first. Where none is, green has less in between. The two are never 0 at once.
pub fn writes(from: &Weights, to: &Weights) -> Vec<Write> {
    let (blue, green) = (from.blue.unwrap_or(0), from.green.unwrap_or(0));
    let (blue_to, green_to) = (to.blue.unwrap_or(0), to.green.unwrap_or(0));
    let write_blue = (blue != blue_to).then_some(Write { side: Side::Blue, weight: blue_to });
    let write_green = (green != green_to).then_some(Write { side: Side::Green, weight: green_to });
    let (Some(write_blue), Some(write_green)) = (write_blue, write_green) else {
        return write_blue.into_iter().chain(write_green).collect();
    };
    let (first, last) = (Share::of(blue, green), Share::of(blue_to, green_to));
    let rising = if first <= last { Side::Green } else { Side::Blue };
    let rank = |share: Share, begins: Side| {
        let between = first.min(last) <= Some(share) && Some(share) <= first.max(last);
        (!between, if between { Share::BLUE } else { share }, begins != rising)
    };
    let green_first = Share::of(blue, green_to).map(|share| (rank(share, Side::Green), [write_green, write_blue]));
    let blue_first = Share::of(blue_to, green).map(|share| (rank(share, Side::Blue), [write_blue, write_green]));
    let best = green_first.into_iter().chain(blue_first).min_by_key(|(rank, _)| *rank);
    best.map_or(Vec::new(), |(_, order)| order.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(blue: u32, green: u32) -> Weights {
        Weights { blue: Some(blue), green: Some(green), strangers: Vec::new() }
    }

    #[track_caller]
    fn check(from: (u32, u32), to: (u32, u32), expect: &str) {
        let order = writes(&weights(from.0, from.1), &weights(to.0, to.1));
        let said: Vec<String> = order.iter().map(|write| format!("{} {}", write.side, write.weight)).collect();
        assert_eq!(said.join(", "), expect);
    }

    #[test]
    fn the_side_that_rises_rises_first() {
        check((100, 0), (50, 50), "green 50, blue 50");
        check((50, 50), (0, 100), "green 100, blue 0");
        check((0, 100), (100, 0), "blue 100, green 0");
        check((100, 50), (50, 50), "blue 50");
        check((50, 50), (50, 50), "");
    }

    #[test]
    fn an_idle_side_does_not_hinder_the_other_from_another_scale() {
        check((1, 0), (90, 10), "blue 90, green 10");
        check((0, 1), (10, 90), "green 90, blue 10");
    }

    #[test]
    fn without_a_good_order_green_has_less_in_between() {
        check((1, 1), (90, 10), "blue 90, green 10");
        check((1, 1), (10, 90), "blue 10, green 90");
    }

    #[test]
    fn the_sum_is_never_zero() {
        let values = [0_u32, 1, 50, 100, 255];
        let at = |nth: usize, place: u32| values[nth / 5_usize.pow(place) % 5];
        for nth in 0..625 {
            let (blue, green, blue_to, green_to) = (at(nth, 0), at(nth, 1), at(nth, 2), at(nth, 3));
            if blue + green == 0 || blue_to + green_to == 0 {
                continue;
            }
            let mut now = (blue, green);
            for write in writes(&weights(blue, green), &weights(blue_to, green_to)) {
                match write.side {
                    Side::Blue => now.0 = write.weight,
                    Side::Green => now.1 = write.weight,
                }
                assert!(now.0 + now.1 > 0, "{blue} {green} -> {blue_to} {green_to}");
            }
            assert_eq!(now, (blue_to, green_to));
        }
    }
}
