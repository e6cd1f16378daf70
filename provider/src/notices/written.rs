//! What is wrong with a configuration.

super::family! { "Configuration", "Found by `terraform validate` or by a plan, at the attribute, before anything is \
written. The detail says what is there and what would do.";

INVALID_VALUE: Error "Invalid value",
    "A value is of the wrong kind or out of its range, such as a `green_weight` of 101.",
    "Write what the detail names.";
INVALID_ARN: Error "Invalid ARN",
    "It is no ARN, or one of another kind of object, such as a load balancer's where a listener's is wanted.",
    "Copy the ARN of the object that the attribute is about.";
INVALID_NAME: Error "Invalid name",
    "The name is none that AWS takes.",
    "Choose one within the rule that the detail names.";
INVALID_TYPE: Error "Invalid type",
    "It is no type of record that can be shifted.",
    "Name `A`, `AAAA` or `CNAME`.";
INVALID_HOSTED_ZONE: Error "Invalid hosted zone",
    "It is no id of a hosted zone.",
    "Give the id, such as `Z0123456789ABC`, not the zone's name.";
INVALID_SET_IDENTIFIER: Error "Invalid set identifier",
    "Route 53 takes 1 to 128 characters.",
    "Give the identifier that the record has.";
INVALID_KIND: Error "Invalid kind",
    "ExternalDNS makes no weighted records from objects of this kind.",
    "Name one of the kinds that the attribute's description lists.";
INVALID_POLICY: Error "Invalid policy",
    "It is none of ExternalDNS's policies.",
    "Give what its `--policy` says.";
INVALID_DURATION: Error "Invalid duration",
    "A duration is numbers with units: `\"30s\"`, `\"5m\"`, `\"1h30m\"`.",
    "Write it so.";
DURATION_TOO_SHORT: Error "Duration too short",
    "The duration is below the least that makes sense there.",
    "Allow at least what the detail names.";
INVALID_PERCENTAGE: Error "Invalid percentage",
    "A share is 0 to 100, with one decimal at most.",
    "Round it.";
INVALID_RAMP: Error "Invalid ramp",
    "The list of steps is empty, a step is 0, or the steps do not rise.",
    "Correct the step at which the error stands. The share that is asked for is the last one by itself.";
TWO_WAYS_TO_RAMP: Error "Two ways to ramp",
    "`ramp.steps` lists the steps, and `ramp.step` spaces them evenly.",
    "Keep one of the two.";
MISSING_STEP: Error "Missing step",
    "One of `ramp.steps` is null.",
    "Give it a share, or leave it out.";
NOT_ENOUGH_TIME_FOR_THE_RAMP: Error "Not enough time for the ramp",
    "The ramp's intervals alone take longer than `timeouts` allows, so that the apply could not arrive.",
    "Shorten `ramp.interval`, take fewer steps, or allow more time.";
INVALID_WINDOW: Error "Invalid window",
    "CloudWatch counts in whole minutes.",
    "Give whole minutes, within the bounds that the detail names.";
INVALID_PROBE: Error "Invalid probe",
    "The probe cannot be made: its URL, its host or a header is malformed.",
    "Correct what the detail names.";
INVALID_STATUS_CODES: Error "Invalid status codes",
    "`expected_status` is codes and ranges: `\"200\"`, `\"200-299\"`, `\"200,204\"`.",
    "Write it so.";
GATE_WITHOUT_A_TARGET_GROUP: Error "Gate without a target group",
    "`error_rate` counts the requests of a target group, and this resource moves none; or healthy targets are asked for, and \
     `target_group_arns` names no target group to look in.",
    "Watch an alarm or a probe instead; or name the target groups.";
GATE_WITHOUT_AN_ANSWER: Error "Gate without an answer",
    "`error_rate` counts HTTP answers, and a route is not on an application load balancer.",
    "Watch an alarm or a probe instead.";
GATE_THAT_CANNOT_TELL_THE_SIDES_APART: Error "Gate that cannot tell the sides apart",
    "In a cut-over both sides are in one target group, whose rate of errors is that of both.",
    "Watch an alarm or a probe instead.";
INVALID_IMPORT_ID: Error "Invalid import id",
    "The id of an import has another form.",
    "Write it as the detail and the type's page say.";
IN_ANOTHER_REGION: Error "{object} in another region",
    "The object is in a region that this provider configuration does not work in.",
    "Use a provider configuration (an alias) for that region.";
TARGET_GROUPS_IN_DIFFERENT_PLACES: Error "Target groups in different places",
    "Blue and green are not in one region and account, so that no route can forward to both.",
    "Make green's target group where blue's is.";
TARGET_GROUPS_IN_DIFFERENT_REGIONS: Error "Target groups in different regions",
    "A cut-over's target groups are in several regions.",
    "Take one resource for each region, each with a provider configuration for it.";
ROUTE_IN_ANOTHER_PLACE: Error "Route in another place",
    "A route forwards only to target groups in its own region and account.",
    "Name the route in front of these target groups, or the target groups behind this route.";
TARGET_GROUP_IN_ANOTHER_PLACE: Error "Target group in another place",
    "A listener forwards only to target groups in its own region and account.",
    "Name a target group where the source is.";
ONE_TARGET_GROUP_ON_BOTH_SIDES: Error "One target group on both sides",
    "Blue and green are the same target group.",
    "Name two. Where both clusters' nodes are to be in one target group, take `eksmig_target_cutover`.";
ONE_RECORD_ON_BOTH_SIDES: Error "One record on both sides",
    "Blue and green have the same set identifier.",
    "Name two.";
ONE_OBJECT_ON_BOTH_SIDES: Error "One object on both sides",
    "Blue and green are the same object of the same cluster.",
    "Name two.";
ONE_LISTENER_ON_BOTH_SIDES: Error "One listener on both sides",
    "Blue and green are the same listener.",
    "Name two; `eksmig_nlb_listener_twin` makes the second.";
ONE_TARGET_ON_BOTH_SIDES: Error "One target on both sides",
    "A target, or an Auto Scaling group, is named for blue and for green.",
    "Take it out of one of the sides.";
ONE_NODE_GROUP_ON_BOTH_SIDES: Error "One node group on both sides",
    "Blue and green are the same node group.",
    "Name two, or leave `green.node_group` out and have a clone made.";
ONE_CLUSTER_ON_BOTH_SIDES: Error "One cluster on both sides",
    "Blue and green are the same cluster.",
    "Name two, or leave green out.";
ONE_CLUSTER_TWICE: Error "One cluster twice",
    "Blue and green are the same cluster.",
    "Name two, or leave green out.";
UNCLEAR_SIDE: Error "Unclear side",
    "A side is described in no way, or in two.",
    "Give exactly one of the ways that the detail names.";
RECORDS_FOR_SEVERAL_TYPES: Error "Records for several types",
    "`green.records` are the values of one type, and `types` lists several.",
    "Describe green as an alias, or take one resource for each type.";
UNCLEAR_RECORD_FOR_GREEN: Error "Unclear record for green",
    "Green's record is described by an alias, or by `ttl` and `records`; here it is by a part of these, or by both.",
    "Give one of the two, or neither where the record exists.";
NO_API: Error "No API",
    "Neither `rest_api_id` nor `http_api_id` is set.",
    "Set one.";
TWO_APIS: Error "Two APIs",
    "`rest_api_id` and `http_api_id` are both set.",
    "Keep one.";
NO_PARTS_OF_AN_HTTP_API_REQUESTS: Error "No parts of an HTTP API's requests",
    "HTTP APIs have no canary: a stage serves blue or green, and `green_weight` is 0 or 100.",
    "Ask for 0 or 100, without steps.";
SIZES_OUT_OF_ORDER: Error "Sizes out of order",
    "`min_size`, `desired_size` and `max_size` do not rise.",
    "Put them in order.";
UNKNOWN_STRATEGY: Error "Unknown strategy",
    "A pod's strategy is none that there is.",
    "Write one of those that the detail lists.";
TAG_OF_AN_OWNER: Error "Tag of an owner",
    "AWS, a controller or eksmig knows by this tag what it owns, and would take the twin for its own.",
    "Leave the tag out.";
WHERE_TO_LISTEN: Error "Where to listen",
    "A twin of a listener needs `port` or `port_range`, and only one of them.",
    "Give one.";
EMPTY_RANGE: Error "Empty range",
    "`port_range` ends before it begins.",
    "Swap `from` and `to`.";
ROUTE_SHIFTED_TWICE: Error "Route shifted twice",
    "Two `eksmig_weighted_shift` of this configuration move the same target group on the same route.",
    "Keep one of them.";
RECORD_SHIFTED_TWICE: Error "Record shifted twice",
    "Two resources of this configuration move the same record.",
    "Keep one of them.";
ROUTE_SWAPPED_TWICE: Error "Route swapped twice",
    "Two `eksmig_nlb_port_swap` of this configuration move the same route of an API.",
    "Keep one of them, or give each its own `routes`.";
TARGETS_MOVED_TWICE: Error "Targets moved twice",
    "Two `eksmig_target_cutover` of this configuration move the same targets.",
    "Keep one of them.";
}
