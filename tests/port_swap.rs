//! The port swap, driven by core alone against the emulator.

#![recursion_limit = "256"]

#[path = "port_swap/brisk.rs"]
mod brisk;
#[path = "port_swap/crash.rs"]
mod crash;
#[path = "port_swap/http.rs"]
mod http;
#[path = "port_swap/refusals.rs"]
mod refusals;
#[path = "port_swap/rest.rs"]
mod rest;
#[path = "port_swap/run.rs"]
mod run;
#[path = "port_swap/sharing.rs"]
mod sharing;
#[path = "port_swap/together.rs"]
mod together;
