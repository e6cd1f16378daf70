//! Weighted records.

super::family! { "Records", "Of [`eksmig_route53_shift`](../resources/route53_shift.md).";

HOSTED_ZONE_NOT_FOUND: Error "Hosted zone not found",
    "The zone does not exist, or not in this account.",
    "Give the id of the zone that has the records.";
RECORDS_NOT_READABLE: Error "Records not readable",
    "Route 53 did not let the records be read.",
    "Grant what the detail says is denied, or try again.";
RECORD_NOT_FOUND: Error "Record not found",
    "There is no record of this name and type. One that was made in the last seconds may not be listed yet.",
    "Leave the type out of `types`, or make blue's record where it is managed.";
CNAME_AT_THE_APEX: Error "CNAME at the apex",
    "DNS has no CNAME at a zone's own name.",
    "Shift aliases there: records of type A and AAAA.";
SIMPLE_RECORD: Error "Simple record",
    "The record is not weighted, so that green cannot stand beside it.",
    "Set `adopt_simple_record = true`; it becomes blue's weighted record in the change that adds green's. Whatever manages \
     it must not write it back.";
RECORD_NOT_WEIGHTED: Error "Record not weighted",
    "The name is routed by latency, place, failover or another policy.",
    "Only weighted records and simple ones can be shifted: turn them into weighted ones where they are managed.";
RECORDS_WITHOUT_BLUE_AND_GREEN: Error "Records without blue and green",
    "The weighted records of the name have other set identifiers.",
    "Name those that they have.";
NO_RECORD_FOR_BLUE: Error "No record for blue",
    "Blue has no record, so that no part of the traffic can be its own.",
    "Ask for 100, or make blue's record where it is managed.";
NO_RECORD_FOR_GREEN: Error "No record for green",
    "Green has no record and is not described.",
    "Describe it in `green`, with an alias or with `ttl` and `records`; or make it where it is managed.";
NO_ROOM_FOR_GREEN: Error "No room for green",
    "The group has as many weighted records as Route 53 allows.",
    "Take a record out of the group.";
WEIGHT_NOT_READABLE: Error "Weight not readable",
    "A record has a weight that Route 53 does not document.",
    "Please report it.";
EXTERNAL_DNS_OWNS_THE_RECORDS: Error "ExternalDNS owns the records",
    "A TXT record says that an ExternalDNS manages them. It writes its own weights back when it next reconciles.",
    "Shift at the source, with [`eksmig_external_dns_shift`](../resources/external_dns_shift.md).";
EXTERNAL_DNS_OWNS_THE_RECORDS_OVERRIDDEN: Warning "ExternalDNS owns the records",
    "The same, where `external_dns = \"override\"` goes ahead.",
    "See that this ExternalDNS is stopped, or shift at the source.";
UNEVEN_TTLS: Warning "Uneven TTLs of the {type} records",
    "Resolvers stay longer with the record of the longer TTL, so that clients do not meet the shares that the weights say.",
    "Give all of them one TTL where they are managed.";
NOTHING_WATCHES: Warning "Nothing watches {side}",
    "The record has no health check and is no alias of a load balancer of this account: its share rises whether or not \
     anybody answers.",
    "Add `gate.http_probe` or `gate.alarm_names`.";
NOT_READY_FOR_MORE_TRAFFIC: Warning "Not ready for more traffic: {side}",
    "What watches the side says that it cannot serve. Its share does not rise before that has changed.",
    "Mend what the detail names.";
HEALTH_NOT_READABLE: Warning "Health of {side} not readable",
    "What watches the side could not be found out. Its share does not rise before.",
    "Grant what the detail says is denied, or try again.";
}
