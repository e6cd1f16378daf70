//! The way to AWS and to clusters, and what is kept between runs.

super::family! { "AWS, clusters and the state", "Why something could not be asked or read. Nothing is taken for fine that \
could not be told, and nothing was written unless the detail says so.";

AWS_NOT_REACHABLE: Error "AWS not reachable",
    "A call to AWS had no answer, or could not be made: the network, the credentials, or an account that \
     `allowed_account_ids` does not have.",
    "Mend what the detail names; `aws sts get-caller-identity` with the same environment tells most of it. Then again.";
INVALID_ACCOUNT_ID: Error "Invalid account id",
    "An AWS account id has 12 digits. Written as a number it loses the zeros that it begins with.",
    "Write it as text.";
INCOMPLETE_CREDENTIALS: Error "Incomplete credentials",
    "`access_key` and `secret_key` go together, and `token` only with them.",
    "Set both, or leave all to the AWS SDK's own chain.";
PROVIDER_NOT_CONFIGURED: Error "Provider not configured",
    "Terraform asked for something that needs AWS before it configured the provider.",
    "This is a fault of eksmig or of Terraform. Please report it.";
PROVIDER_CONFIGURATION_NOT_KNOWN_YET: Error "Provider configuration not known yet",
    "AWS has to be asked now, and the provider's block depends on something that is known only after apply.",
    "Apply what it depends on first, with `-target`; or write plain values.";
CONFIGURATION_NOT_KNOWN: Error "Configuration not known",
    "Terraform asked to carry out what is not wholly known.",
    "This is a fault of eksmig or of Terraform. Please report it.";
DAMAGED_STATE: Error "Damaged state",
    "The state, or the data beside it, is not what the provider wrote: edited by hand, or by a newer version.",
    "Remove the object from the state and import it again; that moves no traffic.";
THE_FILE_OF_EVENTS_CANNOT_BE_WRITTEN: Warning "The file of events cannot be written",
    "`EKSMIG_EVENTS` names a file that could not be written. Traffic moves all the same.",
    "Name a file in a folder that exists and may be written, on a disk with room.";
CLUSTER_NOT_CONFIGURED: Error "Cluster not configured",
    "The provider's block has no cluster of this name in `kubernetes.clusters`.",
    "Add it there, or name one that it has.";
CLUSTER_NOT_KNOWN_YET: Error "Cluster not known yet",
    "The cluster has to be asked now, and how to reach it is known only after apply.",
    "Apply what that depends on first, with `-target`.";
CLUSTER_WITHOUT_ONE_WAY_TO_IT: Error "Cluster without one way to it",
    "A cluster is reached by `eks_cluster_name`, by `kubeconfig_path` and `context`, or by `host` and `token`.",
    "Give exactly one of the three, whole.";
CLUSTER_NOT_REACHABLE: Error "Cluster not reachable",
    "The API server had no answer, or what says where it is cannot be read.",
    "See that this machine reaches it: `kubectl get --raw /readyz` with the same kubeconfig. For a private endpoint, run \
     Terraform inside its network.";
CLUSTER_DOES_NOT_KNOW_WHO_ASKS: Error "Cluster does not know who asks",
    "The API server answered 401: the token is over, or the IAM role has no access entry.",
    "Renew the token, or add an EKS access entry for the role.";
CLUSTER_DOES_NOT_ALLOW_IT: Error "Cluster does not allow it",
    "The API server answered 403: the role that is needed is not bound.",
    "Bind the role of the [permissions](permissions.md#in-clusters).";
CLUSTER_ANSWERED_WITH_AN_ERROR: Error "Cluster answered with an error",
    "The API server answered with another error.",
    "See what it says. A 5xx passes: apply again.";
}
