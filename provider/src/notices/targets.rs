//! Registrations in target groups.

super::family! { "Cut-overs", "Of [`eksmig_target_cutover`](../resources/target_cutover.md).";

TARGET_GROUP_OF_ANOTHER_KIND: Error "Target group of another kind",
    "The target group takes addresses where the sides are instances, or the other way round.",
    "Name one that takes what the sides are made of.";
AUTO_SCALING_GROUP_NOT_FOUND: Error "Auto Scaling group not found",
    "There is no such group in this account and region.",
    "Name one that exists.";
NOBODY_TO_SERVE: Error "Nobody to serve",
    "The side that is to serve has no instance in service. Nothing was written.",
    "Scale one of its groups out first.";
SOMEONE_ELSE_TARGET: Error "Someone else's target",
    "An instance of an Auto Scaling group is registered on another port too, by neither side. To detach the group could take \
     that along.",
    "Have whoever registered it take it out, or put it into a target group of its own.";
NOBODY_TO_SERVE_YET: Warning "Nobody to serve in {side}",
    "None of the side's Auto Scaling groups has an instance in service now. The apply refuses before there is one.",
    "Scale one of its groups out before the apply.";
WOULD_REPLACE_NODES: Warning "{Auto Scaling group} would replace nodes",
    "Its health checks are of type ELB: it terminates instances that an attached target group calls unhealthy, as all are \
     that have just been registered.",
    "Set `health_check_type` to `\"EC2\"` where the group is managed until the cut-over is over.";
GREEN_IS_REGISTERED_ALREADY: Warning "Green is registered already",
    "A create finds green serving. The apply goes on from there.",
    "See that this is what you expect.";
}
