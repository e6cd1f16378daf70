//! What the binary does for those who review a plan and those who watch a run, beside a real terraform.

#[path = "acceptance_report/binary.rs"]
mod binary;
#[path = "acceptance_report/review.rs"]
mod review;
#[path = "acceptance_report/run.rs"]
mod run;
#[path = "acceptance_report/types.rs"]
mod types;
