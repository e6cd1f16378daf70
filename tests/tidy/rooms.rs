//! What the rooms of `core` may name.

use crate::source::{Source, sources};

/// Lines of these sources that have one of the words, other than in files that may.
fn naming(sources: &[Source], words: &[&str], may: impl Fn(&Source) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| !may(source)) {
        for (number, line) in source.code.lines().enumerate() {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                found.push(format!("{}:{} names {word}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    found
}

/// The pure rooms: they know shares and steps, and nothing of where these come from.
const PURE: [&str; 3] = ["share", "schedule", "engine"];
/// What the pure rooms must not name.
const WORLDLY: [&str; 9] = [
    "aws_sdk_",
    "aws_config",
    "kube",
    "serde",
    "crate::elb",
    "crate::gates",
    "crate::aws",
    "crate::route53",
    "crate::apigateway",
];

fn worldly(sources: &[Source]) -> Vec<String> {
    naming(sources, &WORLDLY, |source| !PURE.iter().any(|room| source.is_in(room)))
}

fn telling_time(sources: &[Source]) -> Vec<String> {
    let words = ["tokio::time", "Instant::now", "SystemTime::now", "thread::sleep", "time::sleep"];
    naming(sources, &words, |source| source.path == "clock.rs")
}

/// Whoever loops over steps applies them and undoes them: only the driver calls these two of a `Work`.
fn stepping(sources: &[Source]) -> Vec<String> {
    naming(sources, &["work.apply(", ".apply(&", "work.undo(", ".undo(&"], |source| source.is_in("engine/driver"))
}

fn listing(sources: &[Source]) -> Vec<String> {
    let words = [
        "describe_load_balancers(",
        "describe_listeners(",
        "describe_rules(",
        "describe_target_groups(",
        "describe_target_health(",
        "describe_tags(",
    ];
    naming(sources, &words, |source| source.is_in("elb/read"))
}

fn serialising(sources: &[Source]) -> Vec<String> {
    // What is read from a cluster comes as JSON; the one file that says so names types of Kubernetes, none of ours.
    naming(sources, &["Serialize", "Deserialize", "serde::"], |source| source.path == "kubernetes/object.rs")
}

/// The rooms of AWS's services, none of which calls another.
const SERVICES: [&str; 4] = ["elb", "route53", "apigateway", "nodes"];

fn calling_one_another(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for room in SERVICES {
        let words: Vec<String> =
            SERVICES.iter().filter(|other| **other != room).map(|other| format!("crate::{other}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        found.extend(naming(sources, &words, |source| !source.is_in(room)));
    }
    found
}

/// Whoever shifts by annotations leaves the records to ExternalDNS.
fn writing_records(sources: &[Source]) -> Vec<String> {
    let words = ["Route53Writer", "RecordShift", "change_resource_record_sets("];
    naming(sources, &words, |source| !source.is_in("external_dns"))
}

fn core() -> Vec<Source> {
    sources("core/src")
}

#[track_caller]
fn finds(checker: impl Fn(&[Source]) -> Vec<String>, path: &str, text: &str) {
    assert_eq!(checker(&[Source::new(path, text)]).len(), 1, "{path}: {text}");
}

#[track_caller]
fn passes(checker: impl Fn(&[Source]) -> Vec<String>, path: &str, text: &str) {
    assert_eq!(checker(&[Source::new(path, text)]), Vec::<String>::new());
}

#[test]
fn share_schedule_and_engine_are_pure() {
    finds(worldly, "engine/driver.rs", "use aws_sdk_elasticloadbalancingv2::Client;");
    finds(worldly, "schedule/mod.rs", "use serde::Deserialize;");
    finds(worldly, "share.rs", "use crate::elb::read;");
    passes(worldly, "elb/read.rs", "use aws_sdk_elasticloadbalancingv2::Client;");
    assert_eq!(worldly(&core()), Vec::<String>::new());
}

#[test]
fn only_the_clock_tells_time() {
    finds(telling_time, "engine/driver.rs", "tokio::time::sleep(pause).await;");
    finds(telling_time, "gates/alarm.rs", "let now = std::time::SystemTime::now();");
    passes(telling_time, "clock.rs", "tokio::time::sleep(pause).await;");
    assert_eq!(telling_time(&core()), Vec::<String>::new());
}

#[test]
fn only_the_driver_takes_steps() {
    finds(stepping, "elb/weighted_shift/mover.rs", "for step in steps { self.work.apply(&step).await?; }");
    passes(stepping, "engine/driver.rs", "self.work.apply(&step).await");
    assert_eq!(stepping(&core()), Vec::<String>::new());
    assert_eq!(stepping(&sources("provider/src")), Vec::<String>::new());
    let driver: Vec<Source> = core().into_iter().filter(|source| source.is_in("engine/driver")).collect();
    assert!(driver.iter().any(|source| source.code.contains(".apply(")), "this proxy has lost the driver");
}

#[test]
fn only_one_file_lists_load_balancer_objects_and_it_paginates() {
    finds(listing, "elb/write.rs", "client.describe_rules().send().await");
    passes(listing, "elb/read.rs", "client.describe_rules().send().await");
    let core = core();
    assert_eq!(listing(&core), Vec::<String>::new());
    let paged = ["describe_load_balancers(", "describe_listeners(", "describe_rules(", "describe_target_groups("];
    let listing = core.iter().filter(|source| paged.iter().any(|call| source.code.contains(call)));
    let listing: Vec<_> = listing.collect();
    assert!(listing.len() > 2);
    for source in listing {
        assert!(source.code.contains("set_marker(") || source.code.contains("into_paginator"), "{}", source.path);
    }
}

/// Calls of the SDK, and of what writes.
fn acting(sources: &[Source]) -> Vec<String> {
    let words =
        [".send()", "Client", "ElbWriter", "Route53Writer", "set_actions", "Effect::Writes", ".call(", ".evict("];
    naming(sources, &words, |source| !source.is_in("survey") && !source.is_in("preflight"))
}

#[test]
fn a_survey_only_reads() {
    finds(acting, "survey/fetch.rs", "writer: &ElbWriter,");
    finds(acting, "survey/judge.rs", "client.modify_rule().send().await");
    finds(acting, "preflight/fetch/records.rs", "writer: &Route53Writer,");
    finds(acting, "survey/workloads/fetch.rs", "cluster.evict(namespace, name, uid, false).await");
    passes(acting, "elb/write.rs", "client.modify_rule().send().await");
    assert_eq!(acting(&core()), Vec::<String>::new());
}

fn listing_records(sources: &[Source]) -> Vec<String> {
    naming(sources, &["list_resource_record_sets(", "get_change("], |source| source.is_in("route53/read"))
}

#[test]
fn only_one_file_lists_records_and_it_paginates() {
    finds(listing_records, "route53/write.rs", "client.list_resource_record_sets().send().await");
    passes(listing_records, "route53/read.rs", "client.list_resource_record_sets().send().await");
    let core = core();
    assert_eq!(listing_records(&core), Vec::<String>::new());
    let read = core.iter().find(|source| source.path == "route53/read.rs").unwrap();
    assert!(
        ["next_record_name", "next_record_type", "next_record_identifier"].iter().all(|next| read.code.contains(next))
    );
}

#[test]
fn cores_types_cannot_be_serialised() {
    finds(serialising, "share.rs", "#[derive(Debug, Serialize)]");
    assert_eq!(serialising(&core()), Vec::<String>::new());
}

#[test]
fn the_services_rooms_do_not_call_one_another() {
    finds(calling_one_another, "route53/shift.rs", "use crate::elb::read;");
    passes(calling_one_another, "survey/routes.rs", "use crate::elb::read;");
    assert_eq!(calling_one_another(&core()), Vec::<String>::new());
}

#[test]
fn a_shift_by_annotations_writes_no_records() {
    finds(writing_records, "external_dns/mover.rs", "writer: &Route53Writer,");
    passes(writing_records, "route53/record_shift/mod.rs", "writer: &Route53Writer,");
    assert_eq!(writing_records(&core()), Vec::<String>::new());
}

#[test]
fn the_provider_makes_no_aws_call_of_its_own() {
    let calling = |sources: &[Source]| naming(sources, &["aws_sdk_", "aws_config", "kube::", "k8s_openapi"], |_| false);
    finds(calling, "provider.rs", "use aws_sdk_sts::Client;");
    finds(calling, "clusters.rs", "use kube::Api;");
    assert_eq!(calling(&sources("provider/src")), Vec::<String>::new());
}
