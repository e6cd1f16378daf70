//! Ways that are moved by their names in the DNS. Pure.

use std::collections::BTreeSet;

use super::external_dns::{given, is_external_dns};
use super::path::{Mover, Owner, Path};
use super::seen::{Id, Ingress, Pairs, Program, Seen};

/// The annotations by which ExternalDNS is told a name: until its version 0.21, and from then on.
const HOSTNAMES: [&str; 2] = ["external-dns.alpha.kubernetes.io/hostname", "external-dns.kubernetes.io/hostname"];

/// An object that names are made from: what it is, its hosts, its annotations, whether Argo CD tracks it.
pub(super) struct Named<'a> {
    /// What it is, "Ingress shop/web" for example.
    pub(super) what: String,
    /// The kind, as ExternalDNS's `--source` has it.
    pub(super) source: &'a str,
    /// The hosts that its rules have.
    pub(super) hosts: BTreeSet<String>,
    /// Its annotations.
    pub(super) annotations: &'a Pairs,
    /// Whether Argo CD tracks it.
    pub(super) argo_cd: bool,
}

impl<'a> Named<'a> {
    /// An Ingress.
    pub(super) fn ingress(ingress: &'a Ingress) -> Self {
        Self {
            what: format!("Ingress {}", ingress.id),
            source: "ingress",
            hosts: ingress.hosts.clone(),
            annotations: &ingress.annotations,
            argo_cd: ingress.argo_cd,
        }
    }

    /// A Service.
    pub(super) fn service(id: &Id, annotations: &'a Pairs, argo_cd: bool) -> Self {
        Self { what: format!("Service {id}"), source: "service", hosts: BTreeSet::new(), annotations, argo_cd }
    }
}

/// Makes a way one that is moved by the names of these objects.
pub(super) fn by_names(path: &mut Path, seen: &Seen, objects: &[Named<'_>]) {
    let writers: Vec<&Program> = seen.programs.iter().filter(|program| is_external_dns(program)).collect();
    path.moved_by = Some(Mover::Route53Shift);
    for object in objects {
        let annotated: BTreeSet<String> = HOSTNAMES
            .iter()
            .filter_map(|key| object.annotations.get(*key))
            .flat_map(|hosts| hosts.split(','))
            .map(|host| host.trim().trim_end_matches('.').to_owned())
            .filter(|host| !host.is_empty())
            .collect();
        let written = match writers.iter().find(|writer| looks_at(writer, object.source)) {
            Some(writer) if !annotated.is_empty() || !object.hosts.is_empty() => {
                path.evidence.push(format!("ExternalDNS ({}) writes the records of {}.", writer.id, object.what));
                true
            }
            None if !annotated.is_empty() => {
                path.blockers.push(format!(
                    "{} has an annotation for ExternalDNS, and no ExternalDNS that looks at it was found in this cluster: \
                     find out who writes the record.",
                    object.what
                ));
                true
            }
            _ => false,
        };
        if written {
            path.moved_by = Some(Mover::ExternalDnsShift);
            path.owner = path.owner.max(Some(if object.argo_cd { Owner::ArgoCd } else { Owner::ExternalDns }));
        }
        if written && object.argo_cd {
            path.evidence.push(format!("Argo CD tracks {}, and may write its annotations back.", object.what));
        }
        path.hosts.extend(object.hosts.iter().cloned().chain(annotated));
    }
    if path.hosts.is_empty() {
        path.blockers.push("No host name is known here: find the record that leads to the load balancer.".to_owned());
    }
}

/// Whether it makes records from objects of this kind (ExternalDNS: `--source`; without any it does not start).
fn looks_at(writer: &Program, source: &str) -> bool {
    given(writer, "--source").iter().any(|given| given.trim_matches('"') == source)
}
