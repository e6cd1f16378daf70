//! The protocol's messages and services, generated from `proto/`. A provider never needs them; a test that
//! speaks to a provider as Terraform does will.

/// Package `tfplugin6`: what Terraform asks of a provider.
#[allow(missing_docs, clippy::all)]
pub mod tfplugin6 {
    tonic::include_proto!("tfplugin6");
}

/// Package `plugin`: what any go-plugin host asks of any plugin.
#[allow(missing_docs, clippy::all)]
pub mod plugin {
    tonic::include_proto!("plugin");
}
