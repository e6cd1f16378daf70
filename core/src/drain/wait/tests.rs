use std::sync::Mutex;

use super::*;
use crate::clock::SteppedClock;
use crate::drain::{Hold, LAG, Seen, Untold};

const MINUTE: Duration = Duration::from_secs(60);
const WAIT: Wait = Wait { window: Duration::from_secs(120), timeout: Duration::from_secs(1800) };

/// A side that serves requests until a moment, and of which everything is told until another.
struct Side {
    clock: Arc<SteppedClock>,
    serves_until: u64,
    told_until: u64,
    untold: Option<Untold>,
    /// Stops the wait with the third look.
    stops: Option<CancellationToken>,
    holds: Vec<Hold>,
    looks: Mutex<u32>,
}

impl Side {
    fn at(clock: &Arc<SteppedClock>) -> Self {
        let (clock, looks) = (clock.clone(), Mutex::new(0));
        Self { clock, serves_until: 0, told_until: u64::MAX, untold: None, stops: None, holds: Vec::new(), looks }
    }
}

#[async_trait]
impl Watch for Side {
    async fn look(&self, _from: SystemTime) -> Look {
        let looks = {
            let mut looks = self.looks.lock().unwrap();
            *looks += 1;
            *looks
        };
        if let Some(stop) = self.stops.as_ref().filter(|_| looks == 3) {
            stop.cancel();
            std::future::pending::<()>().await;
        }
        let now = self.clock.passed().as_secs();
        let minutes = (0..now / 60).map(|nth| nth * 60);
        let counts = minutes.clone().filter(|minute| *minute < self.serves_until).map(|minute| (minute, 5.0)).collect();
        let told = minutes.filter(|minute| *minute < self.told_until).collect();
        let places = vec![("target group blue".to_owned(), Ok(Seen { counts, told }))];
        Look { places, holds: self.holds.clone(), untold: self.untold.clone().into_iter().collect() }
    }
}

/// A clock at ten minutes, when the weight goes to zero, and limits by it.
fn scene() -> (Arc<SteppedClock>, Limits, SystemTime) {
    let clock = Arc::new(SteppedClock::new());
    clock.advance(MINUTE * 10);
    let limits = Limits { clock: clock.clone(), stop: CancellationToken::new(), left: Duration::from_secs(7200) };
    let since = clock.wall();
    (clock, limits, since)
}

#[tokio::test]
async fn it_takes_a_window_and_the_time_in_which_cloudwatch_is_late() {
    let (clock, limits, since) = scene();
    let drained = wait(&Side::at(&clock), &WAIT, since, &limits).await.unwrap();
    assert_eq!(drained.duration_since(since).unwrap(), WAIT.least());
    assert_eq!(WAIT.least(), WAIT.window + LAG);
}

#[tokio::test]
async fn it_goes_on_until_the_last_session_cannot_come_back() {
    let (clock, limits, since) = scene();
    let hold = Hold { what: "sticky sessions".to_owned(), length: MINUTE * 5, renewed: true };
    let side = Side { serves_until: 15 * 60, holds: vec![hold], ..Side::at(&clock) };
    let drained = wait(&side, &WAIT, since, &limits).await.unwrap();
    assert_eq!(drained.duration_since(since).unwrap(), MINUTE * 10, "served until minute 15, and 5 minutes more");
}

#[tokio::test]
async fn a_side_that_serves_on_is_not_drained_when_the_time_is_over() {
    let (clock, limits, since) = scene();
    let side = Side { serves_until: u64::MAX, ..Side::at(&clock) };
    let undrained = wait(&side, &WAIT, since, &limits).await.unwrap_err();
    assert_eq!((undrained.why, undrained.waited), (Why::OutOfTime, WAIT.timeout));
    let said = undrained.remains.unwrap().to_string();
    assert!(said.contains("target group blue: CloudWatch counts 20"), "{said}");
}

#[tokio::test]
async fn what_cloudwatch_does_not_tell_is_not_drained() {
    let (clock, limits, since) = scene();
    let side = Side { told_until: 11 * 60, ..Side::at(&clock) };
    let undrained = wait(&side, &WAIT, since, &limits).await.unwrap_err();
    assert_eq!(undrained.why, Why::OutOfTime);
    assert!(undrained.remains.unwrap().to_string().contains("could not tell"));

    let throttled = Untold { why: "Throttling".to_owned(), later: true };
    let side = Side { untold: Some(throttled), ..Side::at(&clock) };
    let undrained = wait(&side, &WAIT, since, &limits).await.unwrap_err();
    assert_eq!((undrained.why, undrained.waited), (Why::OutOfTime, WAIT.timeout));
}

#[tokio::test]
async fn what_no_waiting_tells_is_not_waited_for() {
    let (clock, limits, since) = scene();
    let denied = Untold { why: "AccessDenied".to_owned(), later: false };
    let side = Side { untold: Some(denied), ..Side::at(&clock) };
    let undrained = wait(&side, &WAIT, since, &limits).await.unwrap_err();
    assert_eq!((undrained.why, undrained.waited), (Why::Hopeless, Duration::ZERO));
}

#[tokio::test]
async fn the_time_for_the_whole_operation_ends_it_too() {
    let (clock, limits, since) = scene();
    let limits = Limits { left: MINUTE, ..limits };
    let undrained = wait(&Side::at(&clock), &WAIT, since, &limits).await.unwrap_err();
    assert_eq!((undrained.why, undrained.waited), (Why::OutOfTime, MINUTE));
}

#[tokio::test]
async fn a_stop_ends_a_look_too_and_says_what_was_seen_before() {
    let (clock, limits, since) = scene();
    let side = Side { serves_until: u64::MAX, stops: Some(limits.stop.clone()), ..Side::at(&clock) };
    let undrained = wait(&side, &WAIT, since, &limits).await.unwrap_err();
    assert_eq!((undrained.why, undrained.waited), (Why::Stopped, POLL * 2));
    assert!(undrained.remains.is_some_and(|remains| !remains.served.is_empty()));
}

#[tokio::test]
async fn a_stop_ends_it_at_once() {
    let (clock, limits, since) = scene();
    limits.stop.cancel();
    let side = Side::at(&clock);
    let undrained = wait(&side, &WAIT, since, &limits).await.unwrap_err();
    assert_eq!((undrained.why, undrained.waited, undrained.remains), (Why::Stopped, Duration::ZERO, None));
    assert_eq!(*side.looks.lock().unwrap(), 0);
}
