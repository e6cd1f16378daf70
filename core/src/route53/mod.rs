//! Route 53: weighted records, and who gets how much of a name's answers.
//!
//! [`record_shift`] moves the weights of two records of one name, over several types in one atomic batch. A step ends once
//! Route 53 has it everywhere and the TTL is over: only then does everyone who asks meet the new share.
//! [`external_dns`] tells whose records they are, where ExternalDNS wrote them; those are moved by
//! [`external_dns`](crate::external_dns) of the crate.
//!
//! ```no_run
//! use std::collections::{BTreeMap, BTreeSet};
//! use std::sync::Arc;
//!
//! use eksmig_core::aws::{Aws, AwsConfig};
//! use eksmig_core::clock::{Clock, SystemClock};
//! use eksmig_core::engine::driver::Driver;
//! use eksmig_core::engine::shift::{Aim, Idle, Order};
//! use eksmig_core::route53::record_shift::{Position, RecordShift, Records};
//! use eksmig_core::route53::{Pair, RecordName, RecordType, Route53Reader, Route53Writer};
//! use eksmig_core::schedule::Ramp;
//! # use eksmig_core::gates::{RecordHealthConfig, RecordHealthGate};
//! # use eksmig_core::elb::ElbReader;
//!
//! # async fn shift() -> Result<(), Box<dyn std::error::Error>> {
//! let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
//! let aws = Aws::new(AwsConfig::default(), clock.clone());
//! let reader = Route53Reader::new(aws.clone());
//! let writer = Route53Writer::new(aws.clone(), reader.clone());
//! let records = Records {
//!     zone_id: "Z0123456789".to_owned(),
//!     name: RecordName::parse("orders.example.com")?,
//!     types: BTreeSet::from([RecordType::parse("A")?]),
//!     pair: Pair { blue: "blue".to_owned(), green: "green".to_owned() },
//!     green: None,
//!     adopt_simple: false,
//!     seen: BTreeMap::new(),
//! };
//! let shift = RecordShift::new(reader.clone(), writer, clock.clone(), records);
//!
//! let enough = RecordHealthConfig { min_healthy_targets: 1, min_healthy_percent: 0 };
//! let health = RecordHealthGate::new(shift.clone(), reader, ElbReader::new(aws), enough);
//! let aim = Aim { target: "50".parse()?, ramp: Ramp::default(), idle: Idle::Keep };
//! let order = Order { aim, reviewed: Position::new() };
//! let run = shift.run(&order, &Driver::new(clock, vec![Arc::new(health)])).await?;
//! println!("{}, blue is needed for {:?} more", run.shifted.report.outcome, run.ttl);
//! # Ok(())
//! # }
//! ```

mod batch;
mod change_line;
mod check_status;
pub mod external_dns;
mod group;
mod name;
mod read;
pub mod record_shift;
mod record_type;
mod write;

pub use batch::{Described, Target};
pub use check_status::CheckStatus;
pub use group::{Answers, GroupError, Pair};
pub(crate) use group::{RECORDS_PER_GROUP, WEIGHT_LIMIT};
pub use name::{NameError, RecordName};
pub use read::Route53Reader;
pub use record_type::{NotWeighted, RecordType};
pub use write::Route53Writer;
