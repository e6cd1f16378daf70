//! Which of a weighted group's records is answered with.

use fastrand::Rng;

/// A record's part in the draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Its weight, 0 to 255.
    pub weight: u32,
    /// Whether it is healthy; one without a health check is.
    pub healthy: bool,
}

/// The place of the record that is drawn; none if there is none at all.
///
/// AWS, how Route 53 chooses records when health checking is configured: of the healthy records those that have a
/// weight, in proportion to it; the ones at 0 only where none of those is left, each as likely as the other. Where no
/// record is healthy, all count as healthy.
pub fn draw(tickets: &[Ticket], rng: &mut Rng) -> Option<usize> {
    let all_sick = !tickets.iter().any(|ticket| ticket.healthy);
    let fit: Vec<(usize, u32)> = (0..tickets.len())
        .filter(|place| all_sick || tickets[*place].healthy)
        .map(|place| (place, tickets[place].weight))
        .collect();
    let total: u32 = fit.iter().map(|(_, weight)| weight).sum();
    if total == 0 {
        return rng.choice(fit).map(|(place, _)| place);
    }
    let mut drawn = rng.u32(0..total);
    let mut hit = |weight: u32| match drawn.checked_sub(weight) {
        Some(rest) => {
            drawn = rest;
            false
        }
        None => true,
    };
    fit.into_iter().find(|(_, weight)| hit(*weight)).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: usize = 10_000;

    /// Draws among records, each a weight and whether it is healthy, and expects these percents within two points: four
    /// standard deviations of 10 000 draws by even chances.
    #[track_caller]
    fn check<const N: usize>(records: [(u32, bool); N], expect: [f64; N]) {
        let mut rng = Rng::with_seed(53);
        let tickets = records.map(|(weight, healthy)| Ticket { weight, healthy });
        let mut found = [0; N];
        for _ in 0..DRAWS {
            found[draw(&tickets, &mut rng).unwrap()] += 1;
        }
        for (found, expect) in found.into_iter().zip(expect) {
            let percent = f64::from(found) * 100.0 / DRAWS as f64;
            let never_or_always = expect == 0.0 || expect == 100.0;
            let near = if never_or_always { percent == expect } else { (percent - expect).abs() < 2.0 };
            assert!(near, "{records:?}: {percent} % instead of {expect} %");
        }
    }

    #[test]
    fn weights_are_proportions() {
        check([(90, true), (10, true)], [90.0, 10.0]);
        check([(1, true), (1, true)], [50.0, 50.0]);
        check([(255, true), (1, true)], [255.0 / 2.56, 1.0 / 2.56]);
        check([(5, true), (3, true), (2, true)], [50.0, 30.0, 20.0]);
    }

    #[test]
    fn zero_is_never_and_zero_for_all_is_even() {
        check([(1, true), (0, true)], [100.0, 0.0]);
        check([(0, true), (7, true)], [0.0, 100.0]);
        check([(0, true), (0, true)], [50.0, 50.0]);
        check([(0, true)], [100.0]);
    }

    #[test]
    fn the_unhealthy_are_left_out_and_those_at_zero_come_last() {
        check([(90, false), (10, true)], [0.0, 100.0]);
        check([(50, false), (30, true), (20, true)], [0.0, 60.0, 40.0]);
        check([(10, false), (0, true)], [0.0, 100.0]);
        check([(10, false), (0, true), (0, true), (0, false)], [0.0, 50.0, 50.0, 0.0]);
        check([(0, true), (0, false)], [100.0, 0.0]);
    }

    #[test]
    fn where_none_is_healthy_all_are() {
        check([(90, false), (10, false)], [90.0, 10.0]);
        check([(10, false), (0, false)], [100.0, 0.0]);
        check([(0, false), (0, false)], [50.0, 50.0]);
        assert_eq!(draw(&[], &mut Rng::with_seed(53)), None);
    }
}
