//! `eksmig_preflight` tells what would go wrong, and the blocks of Terraform decide what becomes of it.

#[path = "acceptance_preflight/blocks.rs"]
mod blocks;
#[path = "acceptance_preflight/found.rs"]
mod found;
#[path = "acceptance_preflight/scene.rs"]
mod scene;
#[path = "acceptance_preflight/untold.rs"]
mod untold;
