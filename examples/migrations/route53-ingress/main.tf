resource "eksmig_route53_shift" "service" {
  for_each = var.services

  zone_id = var.zone_id
  name    = "${each.key}.${var.domain}"
  types   = ["CNAME"]

  # The record of today is a simple one that names blue's ingress. It becomes blue's weighted record as it is.
  adopt_simple_record = true
  blue                = { set_identifier = "blue" }
  green = { # made at weight 0
    set_identifier = "green"
    ttl            = var.ttl
    records        = [var.green_ingress]
  }
  green_weight = each.value.green_weight

  # A pull request that goes up by more than one of these takes them all, one after the other.
  ramp = {
    steps    = [1, 10, 50]
    interval = var.interval
  }

  gate = {
    alarm_names = var.alarms
    http_probe = {
      url  = var.health_url
      host = "${each.key}.${var.domain}"
    }
    poll_interval = "10s"
  }

  on_failure       = "rollback"
  on_destroy       = "keep"
  drop_idle_record = each.value.finished # blue's record goes, and green's becomes a simple one
}

output "blue_is_needed_until" {
  description = "When the last service was met on its new share by everyone who keeps to the TTL."
  value       = { for name, shift in eksmig_route53_shift.service : name => shift.effective_at }
}
