//! Weights of listeners and rules.

super::family! { "Weights of listeners and rules", "Of [`eksmig_weighted_shift`](../resources/weighted_shift.md).";

ROUTE_NOT_FOUND: Error "Route not found",
    "A listener or a rule of `route_arns` does not exist. A rule that was replaced has another ARN.",
    "Remove it from `route_arns`, or name what replaced it.";
ROUTES_NOT_READABLE: Error "Routes not readable",
    "AWS did not let the routes be read. Nothing is planned that was not looked at.",
    "Grant what the detail says is denied, or try again.";
ROUTE_NOT_SHIFTABLE: Error "Route not shiftable",
    "The route redirects, answers by itself, or does something that the provider does not know.",
    "Only routes that forward to target groups can be shifted: name another, or have it forward where it is managed.";
ROUTE_WITHOUT_BLUE_AND_GREEN: Error "Route without blue and green",
    "The route forwards to neither side.",
    "Name the route in front of blue, or forward this one to blue where it is managed.";
NO_ROOM_FOR_BOTH_SIDES: Error "No room for both sides",
    "The action has as many target groups as AWS allows (5), and green is none of them.",
    "Take one out where the route is managed.";
NO_TRAFFIC_TO_SHIFT: Error "No traffic to shift",
    "Blue and green both have weight 0: all traffic of the route goes to others, and there is no share to divide.",
    "Give blue or green a weight above 0 where the route is managed.";
SHARE_NOT_EXPRESSIBLE: Error "Share not expressible",
    "No whole weights (0 to 999, or 0 to 255 for records) have this share and leave the others theirs.",
    "Choose another share, other steps, or smaller weights for the others.";
TARGET_GROUP_NOT_FOUND: Error "Target group not found",
    "A target group does not exist.",
    "Remove it, or name the one that replaced it. If it was deleted just now, plan again.";
HEALTH_NOT_KNOWN: Warning "Health of {target group} not known",
    "Whether a side that is to rise can take traffic could not be told while planning.",
    "Grant what the detail says is denied. The apply asks again, and waits until it can tell.";
NO_HEALTHY_TARGET: Warning "No healthy target in {target group}",
    "The side's share would rise, and none of its targets is healthy. The apply waits for one, and moves nothing before.",
    "See why: the reasons of the health checks are in the detail.";
STICKY_SESSIONS_OUTLIVE_THE_SHIFT: Warning "Sticky sessions on {route} outlive the shift",
    "The route keeps clients on the target group they met first, whatever the weights say.",
    "Wait that long after the last step before you delete the other side, or end stickiness where the route is managed.";
A_CONTROLLER_OWNS: Warning "A controller owns {route}",
    "The route's tags say that a controller manages it, and it writes its own weights back.",
    "Shift at the source that the detail names. See [from the AWS provider's weights](from-the-aws-provider.md).";
OWNER_OF_THE_ROUTES_NOT_KNOWN: Warning "Owner of the routes not known",
    "The routes' tags could not be read, so that nobody knows whether a controller would take the change back.",
    "Allow `elasticloadbalancing:DescribeTags`.";
GREEN_SERVES_ALREADY: Warning "Green serves on {route} already",
    "A create finds green above 0. The apply goes on from there, not from 0.",
    "See that this is what you expect; if the routes were shifted by a resource before, import it instead.";
}
