# Needs nothing: the provider checks what it is given, and is asked for nothing else.

mock_provider "eksmig" {
  mock_resource "eksmig_route53_shift" {
    defaults = {
      effective_at = "2026-11-22T08:00:00Z"
    }
  }
}

run "each_name_has_its_own_weight" {
  variables {
    services = {
      checkout = { green_weight = 1 }
      orders   = { green_weight = 100, finished = true }
    }
  }
  assert {
    condition = alltrue([
      for name, shift in eksmig_route53_shift.service :
      shift.name == "${name}.example.com"
      && shift.green_weight == var.services[name].green_weight
      && shift.drop_idle_record == var.services[name].finished
    ])
    error_message = "A name is not at its own weight, or does not end as asked."
  }
  assert {
    condition     = alltrue([for shift in eksmig_route53_shift.service : shift.green.records == tolist([var.green_ingress]) && shift.gate.http_probe.host == shift.name])
    error_message = "Green is not the green cluster's ingress, or is probed by another name."
  }
  assert {
    condition     = output.blue_is_needed_until["orders"] == "2026-11-22T08:00:00Z"
    error_message = "Nobody says until when blue is needed."
  }
}
