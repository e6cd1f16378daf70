//! Twins of target groups and of listeners.

super::family! { "Twins", "Of [`eksmig_target_group_twin`](../resources/target_group_twin.md) and \
[`eksmig_nlb_listener_twin`](../resources/nlb_listener_twin.md). No twin touches a route.";

SOURCE_NOT_FOUND: Error "Source not found",
    "What is to have a twin does not exist.",
    "Name one that does: a twin can only be made while its source is there.";
SOURCE_IS_NO_LISTENER_OF_A_NETWORK_LOAD_BALANCER: Error "Source is no listener of a network load balancer",
    "Listeners of application load balancers need no twin: their actions have weights.",
    "Shift a rule, or the listener's default action, with [`eksmig_weighted_shift`](../resources/weighted_shift.md).";
TWIN_NOT_READABLE: Error "Twin not readable",
    "AWS did not let the source or the twin be read.",
    "Grant what the detail says is denied, or try again.";
OVERRIDE_DOES_NOT_FIT_THE_SOURCE: Error "Override does not fit the source",
    "An override is one that the source's protocol or kind does not know.",
    "Leave it out, or give it a value that the detail allows.";
NAME_TAKEN: Error "Name taken",
    "The twin's name belongs to a target group that is nobody's twin.",
    "Set `name` or `name_suffix`; or, if that is the twin, import it.";
TWIN_ALREADY_THERE_AND_ANOTHER: Error "Twin already there, and another",
    "A twin of this source exists, and differs in what AWS does not change.",
    "Delete that one if nothing uses it, or set another name.";
PORT_TAKEN: Error "Port taken",
    "The load balancer listens on that port already.",
    "Set another `port`, or a `port_range`; or, if that is the twin, import it.";
NO_FREE_PORT: Error "No free port",
    "The load balancer listens on every port of the range.",
    "Set another range.";
TWIN_IS_BEING_DELETED: Error "Twin is being deleted",
    "Another resource of this run is deleting it.",
    "Apply again.";
TWIN_NOT_MADE: Error "Twin not made",
    "AWS refused a call.",
    "Mend what AWS says and apply again. What AWS made of it is found by its tag and gone on with.";
TWIN_NOT_FINISHED: Error "Twin not finished",
    "The twin is made, and not all of it is written. Terraform marks it as tainted.",
    "`terraform untaint` and apply to have it finished; or apply to have it replaced.";
TWIN_NOT_CHANGED: Error "Twin not changed",
    "An update did not get to its end. The state says what the twin is now.",
    "Plan and apply again.";
TWIN_NOT_DELETED: Error "Twin not deleted",
    "AWS refused to delete it.",
    "Mend what the detail says, and apply again.";
TWIN_IN_USE: Error "Twin in use",
    "Routes refer to the target group, be it with weight 0, and AWS deletes none that is referred to.",
    "Take it out of the routes that the detail lists: `drop_idle_target_group` does. If it is to stay, have Terraform forget \
     it with a `removed` block.";
TWIN_TO_BE_REPLACED: Warning "Twin to be replaced",
    "What differs cannot be changed in a target group, so that it is deleted and made anew.",
    "Take it out of its routes first; or, if the source changed for another reason, set here what the twin has.";
TWIN_TO_BE_DELETED_IS_IN_USE: Warning "Twin to be deleted is in use",
    "The plan deletes a target group that routes refer to. The apply would end with an error, and no traffic moves.",
    "Take it out of these routes first, or have Terraform forget it with a `removed` block.";
USE_OF_THE_TWIN_NOT_KNOWN: Warning "Use of the twin not known",
    "Whether a route refers to a twin that is to be deleted could not be told.",
    "Grant what the detail says is denied. AWS deletes none that is in use.";
SOURCE_OF_THE_TWIN_IS_GONE: Warning "Source of the twin is gone",
    "The source was deleted, as at the end of a migration; the twin stays as it is.",
    "Import the twin where target groups are managed, and have this configuration forget it with a `removed` block.";
TWIN_FOUND_AND_TAKEN_OVER: Warning "Twin found and taken over",
    "An apply that did not live to tell had made it, and this one went on with it.",
    "If another configuration manages it, remove it from one of the two with `terraform state rm`.";
}
