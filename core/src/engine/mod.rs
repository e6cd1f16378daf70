//! Moving a share in steps: what comes next (pure), and the one loop that does it.
//!
//! | file | what it has |
//! |---|---|
//! | [`itinerary`] | where a run begins, and its steps |
//! | [`work`] | what is moved, as a trait: write a goal, see it, undo it |
//! | [`gate`] | what a step waits for, as a trait: pass, fail, inconclusive, unanswerable |
//! | [`transition`] | what comes next, for every state and event (pure) |
//! | [`driver`] | the one loop: it gates, writes, waits until the write is seen, bakes, and goes back |
//! | [`observer`] | who is told meanwhile, as a trait |
//! | [`outcome`] | how it ended: settled, rolled back, held, or stuck |
//! | [`shift`], [`standing`] | the steps of a share over everything that carries it; what a run knows of it |
//!
//! It knows nothing of AWS. Here it moves a number, in no time, for the clock is one of tests:
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use std::time::Duration;
//!
//! use async_trait::async_trait;
//! use eksmig_core::clock::SteppedClock;
//! use eksmig_core::engine::driver::Driver;
//! use eksmig_core::engine::gate::{Gate, Question, Sides, Verdict};
//! use eksmig_core::engine::itinerary::{Itinerary, Step};
//! use eksmig_core::engine::work::{Settlement, Work, WorkError};
//!
//! /// Green's percent.
//! #[derive(Debug, Default)]
//! struct Dial(Mutex<u32>);
//!
//! #[async_trait]
//! impl Work for Dial {
//!     type Goal = u32;
//!     type Position = u32;
//!
//!     async fn observe(&self) -> Result<u32, String> {
//!         self.0.lock().map(|dial| *dial).map_err(|error| error.to_string())
//!     }
//!
//!     async fn apply(&self, goal: &u32) -> Result<(), WorkError> {
//!         *self.0.lock().map_err(|error| WorkError::Failed(error.to_string()))? = *goal;
//!         Ok(())
//!     }
//!
//!     async fn settled(&self, goal: &u32) -> Result<Settlement, String> {
//!         let seen = self.observe().await?;
//!         Ok(if seen == *goal { Settlement::Settled } else { Settlement::Pending(format!("it is {seen}")) })
//!     }
//!
//!     async fn undo(&self, to: &u32) -> Result<(), WorkError> {
//!         self.apply(to).await
//!     }
//! }
//!
//! /// Fails as soon as both sides serve.
//! #[derive(Debug)]
//! struct Gloomy;
//!
//! #[async_trait]
//! impl Gate for Gloomy {
//!     fn name(&self) -> &'static str {
//!         "gloomy"
//!     }
//!
//!     fn watches(&self, question: Question) -> bool {
//!         question.rising.green
//!     }
//!
//!     async fn judge(&self, question: Question) -> Verdict {
//!         if question.serving.green { Verdict::Fail("it rains".to_owned()) } else { Verdict::Pass }
//!     }
//! }
//!
//! let (blue, green) = (true, true);
//! let step = Step {
//!     goal: 50,
//!     label: "50%".to_owned(),
//!     rising: Sides { blue: false, green },
//!     serving: Sides { blue, green },
//!     interval: Duration::from_secs(600),
//! };
//! let origin_serving = Sides { blue, green: false };
//! let way = Itinerary { origin: 0, origin_label: "0%".to_owned(), origin_serving, steps: vec![step] };
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let dial = Dial::default();
//! let clock = Arc::new(SteppedClock::new());
//! let report = Driver::new(clock.clone(), Vec::new()).run(&dial, &way).await;
//! assert_eq!((report.outcome.to_string(), report.position), ("settled".to_owned(), Ok(50)));
//! assert!(clock.passed() >= Duration::from_secs(600));
//!
//! let dial = Dial::default();
//! let report = Driver::new(clock, vec![Arc::new(Gloomy)]).run(&dial, &way).await;
//! assert_eq!(report.outcome.to_string(), "rolled back, for a gate failed: gloomy: it rains");
//! assert_eq!(report.position, Ok(0));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

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
