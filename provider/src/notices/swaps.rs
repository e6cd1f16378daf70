//! Swaps between ports behind API Gateway.

super::family! { "Port swaps", "Of [`eksmig_nlb_port_swap`](../resources/nlb_port_swap.md).";

API_NOT_FOUND: Error "API not found",
    "The API or the stage does not exist in this region.",
    "Name one that does.";
API_NOT_READABLE: Error "API not readable",
    "API Gateway did not let the API be read.",
    "Grant what the detail says is denied, or try again.";
STAGE_NOT_FOUND: Error "Stage not found",
    "The API has no such stage.",
    "Name a stage of the API.";
ROUTE_NOT_MOVABLE: Error "Route not movable",
    "A route of `routes` does not exist, or its integration leads to neither port. Routes are written METHOD PATH.",
    "Name routes whose integrations lead to blue's port or to green's.";
NO_INTEGRATION_ON_EITHER_PORT: Error "No integration on either port",
    "No integration of the API leads to one of the two ports.",
    "Name the listeners whose ports the integrations' URIs lead to, and deploy the API first.";
STAGE_VARIABLE_MOVES_MORE: Error "Stage variable moves more",
    "The port is in a stage variable that other routes use, too: they would move with it.",
    "Add these to `routes`, or give them a variable of their own.";
ANOTHER_STAGE_WOULD_MOVE: Error "Another stage would move",
    "Another stage deploys every edit by itself and would move as well.",
    "Add it to `stage_names`.";
STAGE_SERVES_BOTH_SIDES: Error "Stage serves both sides",
    "Some integrations of the stage lead to blue and some to green, so that no part of its requests can be moved.",
    "Move it to 0 or to 100 first, without a ramp.";
VPC_LINK_NOT_AVAILABLE: Error "VPC link not available",
    "The VPC link that the integrations use is pending, failed or gone.",
    "Wait until it is available, or mend it where it is managed.";
CANARY_OF_SOMEONE_ELSE: Error "Canary of someone else",
    "The stage has a canary that no swap began.",
    "Promote or delete it first.";
TARGET_GROUP_NOT_READABLE: Error "Target group not readable",
    "What a port's listener forwards to could not be read, or how green is in a target group that blue's nodes would leave.",
    "Grant what the detail says is denied, or try again.";
LISTENER_OF_ANOTHER_LOAD_BALANCER: Error "Listener of another load balancer",
    "A swap is between two ports of one load balancer: a VPC link leads to one.",
    "Name two listeners of one; `eksmig_nlb_listener_twin` makes the second.";
NO_NETWORK_LOAD_BALANCER: Error "No network load balancer",
    "The listeners are an application load balancer's.",
    "Shift its rules with [`eksmig_weighted_shift`](../resources/weighted_shift.md).";
LISTENER_NOT_FOUND: Error "Listener not found",
    "A listener does not exist.",
    "Name one that does; `eksmig_nlb_listener_twin` makes green's.";
PROTOCOLS_DIFFER: Error "Protocols differ",
    "The listeners have different protocols, and an integration's URI only changes its port.",
    "Give green's listener blue's protocol.";
LISTENER_THAT_FORWARDS_TO_NOBODY: Error "Listener that forwards to nobody",
    "A listener forwards to no target group that could answer.",
    "Have it forward to the side's target group, where it is managed.";
LISTENERS_NOT_READABLE: Error "Listeners not readable",
    "AWS did not let the listeners be read.",
    "Grant what the detail says is denied, or try again.";
UNDEPLOYED_CHANGES: Warning "Undeployed changes beside stage {stage}",
    "The API has edits that the stage does not serve, and a deployment ships the whole API.",
    "Deploy them first, or take them back. `undeployed_changes = \"deploy\"` has the apply ship them.";
}
