//! What is in the clusters.

use super::Clusters;
use crate::kubernetes::{Cluster, Error};
use crate::preflight::picture::{self, Inside, Picture};
use crate::survey::workloads::{Id, bindings, external_dns, programs, services};

/// What the names of Kubernetes's own namespaces begin with.
const KUBERNETES: &str = "kube-";
/// The HTTP status of what is not allowed.
const FORBIDDEN: u16 = 403;

/// There is one call to each cluster for every 500 objects of each kind.
pub(crate) async fn read(clusters: Option<&Clusters>) -> Picture {
    let mut picture = Picture::default();
    let Some(Clusters { blue, green }) = clusters else { return picture };
    let (blues, greens) = tokio::join!(Box::pin(inside(blue)), Box::pin(inside(green)));
    for (cluster, (_, errors)) in [(blue, &blues), (green, &greens)] {
        for error in errors {
            picture.cannot_tell(format!("cluster {}", cluster.name()), error);
        }
    }
    picture.clusters = Some(picture::Clusters { blue: blues.0, green: greens.0 });
    picture
}

/// What is in a cluster, and why the rest of it could not be read.
async fn inside(cluster: &Cluster) -> (Inside, Vec<Error>) {
    let mut errors = Vec::new();
    // Side by side, so that one that does not answer is waited for once. In boxes, for what a list waits with is large, and
    // all of these at once are more than a thread's stack holds.
    let (services, bindings, programs) =
        tokio::join!(Box::pin(services(cluster)), Box::pin(bindings(cluster)), Box::pin(programs(cluster)));
    let users = |id: &Id| !id.namespace.starts_with(KUBERNETES);
    let inside = Inside {
        services: told(services, &mut errors).map(|all| all.into_keys().filter(users).collect()),
        bindings: told(bindings, &mut errors),
        external_dns: told(programs, &mut errors).map(|programs| external_dns(&programs)),
    };
    (inside, errors)
}

/// What was read. Every part that is not allowed is told, and once what is wrong with the cluster as a whole.
fn told<T>(read: Result<T, Error>, errors: &mut Vec<Error>) -> Option<T> {
    let is_of_all = |error: &Error| error.code() != Some(FORBIDDEN);
    match read {
        Ok(part) => Some(part),
        Err(error) => {
            if !is_of_all(&error) || !errors.iter().any(is_of_all) {
                errors.push(error);
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thread of the provider has 2 MiB of stack, and moves a future several times in a debug build.
    #[test]
    fn what_it_waits_with_is_small() {
        assert!(size_of_val(&read(None)) < 8 * 1024, "{} bytes", size_of_val(&read(None)));
    }
}
