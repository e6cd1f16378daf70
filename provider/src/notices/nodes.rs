//! Moves between node groups.

super::family! { "Node groups", "Of [`eksmig_node_group_migration`](../resources/node_group_migration.md).";

NODE_GROUP_NOT_FOUND: Error "Node group not found",
    "The cluster has no such node group.",
    "Name one that it has.";
CLUSTER_NOT_READABLE: Error "Cluster not readable",
    "EKS or the cluster did not let something be read. Nothing is planned that was not looked at.",
    "Grant what the detail says is denied, or try again.";
PODS_STAND_IN_THE_WAY: Error "Pods stand in the way",
    "Some pods could not leave blue: a budget allows none to go, a volume is on the node, nothing would make them anew. \
     Nothing is begun.",
    "Mend each as the detail says, or choose a strategy for it.";
ANOTHER_MIGRATION_IS_UNDER_WAY: Error "Another migration is under way",
    "A migration of this node group was begun with another configuration.",
    "Finish that one, or destroy it, which puts everything back.";
ANOTHER_RUN_IS_UNDER_WAY: Error "Another run is under way",
    "Another run migrates node groups of this cluster. This one wrote nothing.",
    "Apply again once that one is over. One that was killed gives its place up after a short while.";
NO_TURN: Error "No turn",
    "Node groups of one cluster are migrated one at a time, and others of the same apply took all the time that this one has.",
    "Apply again, or give it more time in its `timeouts`.";
NO_WAY_BACK: Error "No way back",
    "Blue is deleted or about to be, so that nothing can be put back.",
    "Apply again to finish.";
WHAT_BECOMES_OF_THE_PODS: Warning "What becomes of the pods on blue: {counts}",
    "The pods that are evicted or waited for, and what is worth knowing of others.",
    "Read it before you apply: evicted pods are away for a moment where nothing surges for them.";
LEAVES_ONCE_GREEN_IS_HEALTHY: Warning "{blue} leaves the load balancers once {green} has {count} in each target group",
    "How both node groups stand in the target groups that blue has still to leave.",
    "Nothing, if it is what you want: what is missing is waited for.";
THE_MIGRATION_IS_UNDER_WAY: Warning "The migration is under way",
    "A destroy of a migration that has not settled: it puts back what was changed, or leaves it with `on_destroy = \"keep\"`.",
    "See that it is what you want; to go on instead, apply.";
}
