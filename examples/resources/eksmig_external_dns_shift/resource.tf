variable "green_weight" {
  description = "Green's percent of the traffic of every service."
  type        = number
  default     = 0
}

resource "eksmig_external_dns_shift" "service" {
  for_each = toset(["checkout", "orders"])

  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "${each.key}.example.com" # every type that the set identifiers have under it

  blue = {
    cluster        = "blue" # a key of kubernetes.clusters in the provider's block
    kind           = "Ingress"
    namespace      = "shop"
    name           = each.key
    set_identifier = "shop-1"
  }
  green = {
    cluster        = "green"
    kind           = "Ingress"
    namespace      = "shop"
    name           = each.key
    set_identifier = "shop-2"
    external_dns = { # only where the Deployment must not be read, or does not tell
      annotation_prefix = "external-dns.kubernetes.io/"
      txt_owner_id      = "shop-2"
      policy            = "upsert-only"
      interval          = "1m"
    }
  }
  green_weight = var.green_weight

  ramp = {
    steps    = [1, 10, 50] # on the way up; green_weight itself is always the last step
    interval = "5m"        # after every step, once Route 53 shows it and the TTL is over
  }

  gate = {
    alarm_names = ["checkout-5xx"]
    http_probe = {
      url  = "https://green.example.com/health"
      host = "${each.key}.example.com"
    }
  }

  on_failure      = "rollback"
  on_destroy      = "keep"
  force_conflicts = true # the weights belong to who applied the manifests

  timeouts {
    create = "2h"
    update = "2h"
    delete = "30m"
  }
}
