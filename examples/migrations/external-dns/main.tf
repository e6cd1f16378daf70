resource "eksmig_external_dns_shift" "service" {
  for_each = var.services

  zone_id = var.zone_id
  name    = "${each.key}.${var.domain}"

  blue = {
    cluster        = "blue"
    kind           = "Ingress"
    namespace      = "shop"
    name           = each.key
    set_identifier = "blue"
  }
  green = {
    cluster        = "green"
    kind           = "Ingress"
    namespace      = "shop"
    name           = each.key
    set_identifier = "green"
  }
  green_weight = each.value

  # A pull request that goes up by more than one of these takes them all, one after the other.
  ramp = {
    steps    = [1, 10, 50]
    interval = var.interval
  }

  gate = {
    alarm_names   = var.alarms
    poll_interval = "10s"
  }

  on_failure      = "rollback"
  on_destroy      = "keep"
  force_conflicts = true # the weights belong to who applied the manifests
}

output "blue_is_needed_until" {
  description = "When each service was met on its new share by everyone who keeps to the TTL."
  value       = { for name, shift in eksmig_external_dns_shift.service : name => shift.effective_at }
}
