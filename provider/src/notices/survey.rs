//! Data sources.

super::family! { "Data sources", "What does not exist or cannot be read is an error and never an empty result: a `for_each` \
over it would destroy what it made.";

NOTHING_TO_LOOK_AT: Error "Nothing to look at",
    "The data source does not say what to look at.",
    "Write one of the arguments that the detail lists.";
NOTHING_IN_IT: Error "Nothing in it",
    "An element is null.",
    "Leave it out.";
TWO_SELECTIONS: Error "Two selections",
    "Two arguments both say what to look at.",
    "Write one of them.";
TAG_WITHOUT_A_VALUE: Error "Tag without a value",
    "A tag to look for has no value.",
    "Give it one.";
NO_TAGS: Error "No tags",
    "No tag is to be looked for, which every load balancer has.",
    "Name at least one.";
LOAD_BALANCER_NOT_FOUND: Error "Load balancer not found",
    "There is none of this name or ARN in the region.",
    "Name one that exists, or look with a provider configuration (an alias) for its region.";
NO_LOAD_BALANCER_WITH_THESE_TAGS: Error "No load balancer with these tags",
    "No load balancer has all of these tags.",
    "Look for tags that one has, all of them on the same load balancer.";
TAG_OF_A_TWIN_THAT_MAKES_NO_SENSE: Error "Tag of a twin that makes no sense",
    "A target group bears eksmig's tag of twins with a value that is no ARN of a target group.",
    "Take the tag off if it is nobody's twin; otherwise write the ARN of its source there.";
APIS_NOT_READABLE: Error "APIs not readable",
    "API Gateway did not let its APIs be read. What is not known to be there is not taken for absent.",
    "Grant what the detail says is denied, or try again.";
}
