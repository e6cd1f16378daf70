//! `eksmig_node_group_migration`: what runs in a cluster moved from one managed node group to another, stage by stage.

mod apply;
mod config;
mod plan;
mod read;
mod schema;
mod state;

resource!(NodeGroupMigration, "eksmig_node_group_migration");
