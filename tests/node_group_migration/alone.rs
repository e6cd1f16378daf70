//! One run at a time migrates node groups of a cluster.

use eksmig_tests::kubernetes::api::kind::LEASE;
use eksmig_tests::kubernetes::fixtures;
use eksmig_tests::node_groups::{ADDRESS, NodeGroups};
use eksmig_tests::terraform::Workspace;
use serde_json::{Value, json};

use super::CLONE;
use super::whole::{town, until_called};

/// Who has the lease.
fn holder(groups: &NodeGroups) -> Option<String> {
    let leases = groups.cluster.api.list(&LEASE, Some("kube-system"));
    leases.first().and_then(|lease| lease["spec"]["holderIdentity"].as_str()).map(str::to_owned)
}

fn plain(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[test]
fn of_two_runs_at_once_one_refuses_and_names_the_other() {
    let mut groups = NodeGroups::new("ngtwo", 2);
    groups.begin(vec![fixtures::deployment("shop", "web", 2), fixtures::job("shop", "report", 1_000_000)]);
    groups.write(CLONE);
    // Another person, with a state of their own.
    let other = Workspace::new();
    for file in ["provider.tf", "main.tf"] {
        other.write(file, &std::fs::read_to_string(groups.stage.workspace.path().join(file)).unwrap());
    }
    let running = groups.stage.workspace.spawn_apply();
    // From here on it waits for the job.
    until_called(&groups, "patch", "pods");
    let first = holder(&groups).unwrap();
    let log = || groups.cluster.api.log().since(0);
    let taken = || log().iter().filter(|it| it.verb == "create" && it.resource.starts_with("leases.")).count();
    let error = plain(&other.apply().expect_failure());
    for text in ["Another run is under way", &first, "eksmig-node-groups", "Nothing was written by this run"] {
        assert!(error.contains(text), "{text}: {error}");
    }
    assert_eq!((holder(&groups), taken()), (Some(first), 1), "the lease is where it was");
    super::whole::finish(&groups);
    running.wait().expect_success();
    assert_eq!(holder(&groups), None, "it is given back");
    assert_eq!(groups.groups(), ["green"]);
}

#[test]
fn node_groups_of_one_apply_take_turns() {
    let mut groups = NodeGroups::of("ngturns", &[("batch", 2), ("blue", 2)]);
    groups.begin(vec![fixtures::deployment("shop", "web", 2)]);
    let before: Value = json!(groups.kept());
    groups.write(CLONE);
    let name = groups.stage.world.name();
    let second = format!(
        "resource \"eksmig_node_group_migration\" \"batch\" {{\n  cluster = \"main\"\n  cluster_name = \"{name}\"\n  \
         blue_node_group = \"batch\"\n  load_balancer_drain = \"1s\"\n  green = {{ clone = {{ node_group = \"batch-2\" }} \
         }}\n}}\n"
    );
    groups.stage.workspace.write("batch.tf", &second);
    groups.stage.workspace.apply().expect_success();
    assert_eq!(groups.groups(), ["batch-2", "green"]);
    // Whoever looked at the lease took it, renewed it or gave it back: nobody stood before it and found another there.
    let log = groups.cluster.api.log().since(0);
    let (looks, writes): (Vec<_>, Vec<_>) =
        log.iter().filter(|entry| entry.resource.starts_with("leases.")).partition(|entry| entry.verb == "get");
    assert_eq!(looks.len(), writes.len());
    assert_eq!(json!(groups.kept()), before);
}

#[test]
fn a_migration_is_imported_as_it_stands_and_gone_on_with() {
    let mut groups = NodeGroups::new("ngimport", 2);
    groups.begin(town(2));
    let before = groups.kept();
    groups.write(CLONE);
    let running = groups.stage.workspace.spawn_apply();
    until_called(&groups, "patch", "pods");
    running.interrupt();
    running.wait().expect_failure();
    let workspace = &groups.stage.workspace;
    // The state is lost.
    std::fs::remove_file(workspace.path().join("terraform.tfstate")).unwrap();
    let id = format!("main|{}|blue|clone:green", groups.stage.world.name());
    workspace.import(ADDRESS, &id).expect_success();
    let imported = workspace.values(ADDRESS);
    assert_eq!(imported["status"], "held");
    // Which stage is next depends on what an import does not know, load_balancer_drain for one.
    assert!(imported["stage"].is_string(), "{imported}");
    assert!(!imported["verdicts"].as_array().unwrap().is_empty(), "{imported}");
    super::whole::finish(&groups);
    workspace.apply().expect_success();
    assert_eq!(groups.kept(), before);
    assert_eq!(groups.groups(), ["green"]);
    workspace.assert_settled();
    // And once more when it has arrived.
    std::fs::remove_file(workspace.path().join("terraform.tfstate")).unwrap();
    workspace.import(ADDRESS, &id).expect_success();
    assert_eq!(workspace.values(ADDRESS)["status"], json!("settled"));
    let mark = groups.cluster.api.log().mark();
    workspace.apply().expect_success();
    let writes = groups.cluster.api.log().since(mark).into_iter().filter(|entry| entry.writes()).count();
    assert_eq!(writes, 0, "there is nothing to do");
}

#[test]
fn what_is_no_import_id_or_no_node_group_is_refused() {
    let groups = NodeGroups::new("ngnoimport", 2);
    groups.write(CLONE);
    let name = groups.stage.world.name();
    for (id, says) in [
        (format!("main|{name}|blue"), "CLUSTER|CLUSTER_NAME|BLUE|GREEN"),
        (format!("other|{name}|blue|clone:green"), "other"),
        (format!("main|{name}|nobody|green"), "nobody"),
    ] {
        let run = groups.stage.workspace.import(ADDRESS, &id);
        assert_ne!(run.code, Some(0), "{id}");
        assert!(plain(&run.stderr).contains(says), "{id}: {}", run.stderr);
    }
}
