//! Weights that ExternalDNS writes.

super::family! { "Weights that ExternalDNS writes", "Of [`eksmig_external_dns_shift`](../resources/external_dns_shift.md).";

OBJECT_NOT_FOUND: Error "Object not found",
    "The cluster has no such object.",
    "Name the object that ExternalDNS makes the record from.";
KIND_NOT_SERVED: Error "Kind not served",
    "The cluster does not know objects of this kind: its custom resource definition is not installed.",
    "Install it, of the Gateway API as a rule, or name an object of another kind.";
ENDPOINT_NOT_FOUND: Error "Endpoint not found",
    "The `DNSEndpoint` has no endpoint with this name and set identifier.",
    "Name the `DNSEndpoint` that has the record, and its set identifier as it stands there.";
MISSING_ANNOTATION_PREFIX: Error "Missing annotation prefix",
    "What ExternalDNS does is said in `external_dns`, but not by which annotations it is told.",
    "Say `annotation_prefix` as well.";
EXTERNAL_DNS_NOT_CLEAR: Error "ExternalDNS not clear",
    "What the cluster's ExternalDNS does could not be told from its deployment.",
    "Say it in `external_dns` of this side: `annotation_prefix`, `txt_owner_id` and `policy`.";
WEIGHT_BELONGS_TO_SOMEONE_ELSE: Error "Weight belongs to someone else",
    "Another field manager, such as Helm or Argo CD, owns the weight annotation and would write it back.",
    "Have it leave the annotation out; or set `force_conflicts = true` where it does not write it back.";
ONE_OWNER_ID_IN_BOTH_CLUSTERS: Error "One owner id in both clusters",
    "Both ExternalDNS have the same `--txt-owner-id`, and each takes the other's records for its own.",
    "Give each its own.";
POLICY_CHANGES_NO_WEIGHTS: Error "Policy changes no weights",
    "With `--policy=create-only` ExternalDNS never changes a record.",
    "Give it `upsert-only` or `sync`.";
OTHER_SET_IDENTIFIER: Error "Other set identifier",
    "The object's annotation names another. To change it makes ExternalDNS delete one record and make another.",
    "Name the one that the object has.";
OBJECT_WITHOUT_A_WEIGHT: Error "Object without a weight",
    "The object has no weight annotation.",
    "Give it one where it is managed: 0 for green.";
A_THIRD_WEIGHTED_RECORD: Error "A third weighted record",
    "A record that is neither side's has a weight above 0, so that the sides' weights alone do not say the shares.",
    "Give it weight 0 where it is managed, or take it out of the name.";
UNEVEN_RECORDS: Error "Uneven records",
    "The sides' records have different TTLs, or one is an alias: clients would not meet the shares that the weights say.",
    "Give both objects one `ttl` annotation, or have both be aliases.";
RECORD_NOT_EXTERNAL_DNS: Error "Record not ExternalDNS's",
    "No TXT record of the registry names the record, so that ExternalDNS leaves it alone.",
    "Move it with [`eksmig_route53_shift`](../resources/route53_shift.md).";
RECORD_OF_ANOTHER_EXTERNAL_DNS: Error "Record of another ExternalDNS",
    "The registry names an owner that is not this cluster's.",
    "Name the cluster whose ExternalDNS made the record.";
WEIGHT_MAY_BE_TAKEN_BACK: Warning "Weight may be taken back",
    "Argo CD or Flux applies the object, and may write the weight of the manifest back, with the traffic.",
    "Have it leave the weight alone, as the detail shows for it.";
OTHER_NAMES_MOVE_AS_WELL: Warning "Other names move as well",
    "The annotation is for every name that an object asks for. The others move too, and are not waited for.",
    "Give them objects of their own to shift them apart.";
}
