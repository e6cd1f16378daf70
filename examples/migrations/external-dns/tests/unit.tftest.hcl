# Needs nothing: the provider checks what it is given, and is asked for nothing else.

mock_provider "eksmig" {
  mock_resource "eksmig_external_dns_shift" {
    defaults = {
      effective_at = "2026-11-22T08:00:00Z"
    }
  }
}

run "adopt" {
  variables {
    services = { orders = 0 }
  }
  assert {
    condition     = eksmig_external_dns_shift.service["orders"].name == "orders.example.com" && eksmig_external_dns_shift.service["orders"].green_weight == 0
    error_message = "Not the service's own name is moved."
  }
}

run "all" {
  variables {
    services = { orders = 100, users = 10 }
  }
  assert {
    condition     = alltrue([for name, shift in eksmig_external_dns_shift.service : shift.green_weight == var.services[name] && shift.green.name == name])
    error_message = "A service is not at its own weight."
  }
  assert {
    condition     = output.blue_is_needed_until == { orders = "2026-11-22T08:00:00Z", users = "2026-11-22T08:00:00Z" }
    error_message = "Nobody says until when blue is needed."
  }
}
