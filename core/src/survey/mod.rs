//! Looking at what is there, without moving anything.
//!
//! ```no_run
//! use eksmig_core::elb::ElbReader;
//! use eksmig_core::survey::{self, Selection};
//!
//! # async fn look(reader: &ElbReader) -> Result<(), Box<dyn std::error::Error>> {
//! let edge = Selection::Tagged([("team".to_owned(), "orders".to_owned())].into());
//! let found = survey::routes(reader, &edge).await?;
//! println!("{} routes to {} target groups", found.routes.len(), found.target_groups.len());
//! # Ok(())
//! # }
//! ```
//!
//! | file | what it has |
//! |---|---|
//! | `selection` | which load balancers or target groups to look at |
//! | `fetch` | the reads, and what they found |
//! | `judge` | what that means: who forwards where, under which name (pure) |
//! | `report` | the meaning, for whoever asked |
//! | `twins` | whose twin a target group is (pure) |
//! | `manager` | who says by its tags that an object is its own (pure) |
//! | `workloads` | how the services of a cluster are reached, and what moves them |
//! | `conditions` | a rule's conditions in short (pure) |

mod conditions;
mod error;
mod fetch;
mod judge;
pub mod manager;
mod report;
mod selection;
mod twins;
pub mod workloads;

pub use error::SurveyError;
pub use fetch::{health, routes};
pub use manager::Manager;
pub use report::{Portion, Routes, SurveyedGroup, SurveyedRoute, Use};
pub use selection::Selection;

/// Tags by key.
pub type Tags = std::collections::BTreeMap<String, String>;
