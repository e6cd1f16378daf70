//! How clusters are reached, and what is said where they are not.

use eksmig_tests::kubernetes::Cluster;

use crate::scene::{Clusters, by_address, by_file};

#[test]
fn a_cluster_is_reached_by_its_address_and_by_its_name_in_eks() {
    let clusters = Clusters::empty("ways");
    clusters.service("web", None);
    let (stage, blue) = (&clusters.stage, &clusters.blue);
    clusters.configure(&by_address(blue, &blue.token), &by_file(&clusters.green));
    assert_eq!(clusters.found()["shop/web"]["kinds"][0], "internal");

    stage.world.emulator().make_cluster("eu-west-1", "ways-blue", &blue.url, &blue.authority);
    clusters.configure("{ eks_cluster_name = \"ways-blue\" }", &by_file(&clusters.green));
    // Without an access entry, EKS does not know the role.
    let error = stage.workspace.plan().expect_failure();
    assert!(error.contains("Cluster does not know who asks") && error.contains("access entry"), "{error}");
    assert!(error.contains("blue (EKS cluster ways-blue)"), "{error}");
    blue.api.guests().invite(&stage.access_key);
    assert_eq!(clusters.found()["shop/web"]["kinds"][0], "internal");
    assert!(!error.contains("k8s-aws-v1."), "{error}");
}

#[test]
fn what_is_refused_says_where_and_what_to_do() {
    let clusters = Clusters::empty("refused");
    let refuses = |wanted: &[&str]| {
        let error = clusters.stage.workspace.plan().expect_failure();
        assert!(wanted.iter().all(|words| error.contains(words)), "{wanted:?}: {error}");
        assert!(!error.contains("wrong-token"), "{error}");
    };
    let green = by_file(&clusters.green);
    clusters.configure(&by_address(&clusters.blue, "wrong-token"), &green);
    refuses(&["Cluster does not know who asks", "401", "blue (https://127.0.0.1"]);
    clusters.configure("{ eks_cluster_name = \"nowhere\" }", &green);
    refuses(&["EKS cluster nowhere", "ResourceNotFoundException"]);
    clusters.configure("{ kubeconfig_path = \"nowhere\", context = \"lab\" }", &green);
    refuses(&["Cluster not reachable", "kubeconfig_path"]);
    clusters.configure(&by_file(&clusters.blue).replace("\"lab\"", "\"other\""), &green);
    refuses(&["has no context \"other\"; it has lab"]);
    clusters.configure("{ host = \"https://127.0.0.1:9\" }", &green);
    refuses(&["Cluster without one way to it", "It has host."]);
    // Another certificate's authority.
    let other = Cluster::start();
    let mixed = by_address(&clusters.blue, "let-me-in")
        .replace(&format!("{:?}", clusters.blue.authority), &format!("{:?}", other.authority));
    clusters.configure(&mixed, &green);
    refuses(&["could not reach its API server", "does not vouch for"]);

    clusters.configure(&by_file(&clusters.blue), &green);
    clusters.blue.api.permissions().forbid("list", "ingresses.networking.k8s.io");
    refuses(&["Cluster does not allow it", "List ingresses in cluster blue", "403", "ClusterRole"]);
    clusters.look("data \"eksmig_workloads\" \"other\" {\n  blue = \"red\"\n}\n");
    refuses(&["Cluster not configured", "\"red\"", "it has blue, green"]);
}

#[test]
fn what_is_not_known_yet_holds_up_only_what_needs_it() {
    let clusters = Clusters::empty("unknown");
    let unknown = "{ host = terraform_data.later.output, token = \"t\" }";
    clusters.configure(&by_file(&clusters.blue), unknown);
    let later = "resource \"terraform_data\" \"later\" {\n  input = \"https://127.0.0.1:9\"\n}\n";
    let alone = format!("data \"eksmig_workloads\" \"all\" {{\n  blue = \"blue\"\n}}\n{later}");
    clusters.stage.workspace.write("main.tf", &alone);
    clusters.stage.workspace.plan().expect_changes();
    clusters.look(later);
    let error = clusters.stage.workspace.plan().expect_failure();
    assert!(error.contains("Cluster not known yet"), "{error}");
    assert!(error.contains("kubernetes.clusters[\"green\"].host"), "{error}");
}
