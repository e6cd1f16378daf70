//! Swaps of real requests: what clients see while `eksmig_nlb_port_swap` moves a stage between two ports.

#[path = "lab_swap/broken.rs"]
mod broken;
#[path = "lab_swap/show.rs"]
mod show;
#[path = "lab_swap/whole.rs"]
mod whole;
