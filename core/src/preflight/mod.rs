//! What would go wrong in a migration, told before it begins. Nothing is moved here, and nothing written.
//!
//! ```no_run
//! use eksmig_core::elb::TargetGroupArn;
//! use eksmig_core::preflight::{self, Eyes, Order, PairOrder, Severity};
//!
//! # async fn look(eyes: &Eyes, blue: &str, green: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let pair = PairOrder { blue: TargetGroupArn::parse(blue)?, green: TargetGroupArn::parse(green)? };
//! let order = Order { pairs: [("orders".to_owned(), pair)].into(), ..Order::default() };
//! let report = preflight::look(eyes, &order).await;
//! for finding in report.findings.iter().filter(|finding| finding.severity == Severity::Error) {
//!     println!("{}: {}", finding.object, finding.message);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | file | what it has |
//! |---|---|
//! | `order` | what to look at |
//! | `fetch` | the reads |
//! | `picture` | what they found, and what could not be told |
//! | `check` | what a check is, and what it finds |
//! | `checks` | the checks, a family to a file (pure) |
//! | `registry` | the list of them all |
//! | `report` | what was found, in order, and as Markdown |

mod check;
mod checks;
mod fetch;
mod order;
mod picture;
mod registry;
mod report;
#[cfg(test)]
mod tests;

pub use crate::elb::Enough;
pub use check::{Check, Family, Finding, Severity};
pub use fetch::{Clusters, Eyes};
pub use order::{Order, PairOrder, SwapOrder};
pub use registry::FAMILIES;
pub use report::Report;

/// Looks at what was ordered, and tells what was found. That something cannot be read is a finding as well.
pub async fn look(eyes: &Eyes, order: &Order) -> Report {
    Report::new(registry::judge(&fetch::picture(eyes, order).await))
}
