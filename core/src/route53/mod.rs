//! Route 53: weighted records, and who gets how much of a name's answers.

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
