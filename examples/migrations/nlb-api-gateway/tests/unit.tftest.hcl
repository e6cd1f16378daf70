# Needs nothing: the provider checks what it is given, and is asked for nothing else.

mock_provider "eksmig" {
  mock_resource "eksmig_nlb_port_swap" {
    defaults = {
      observed_green_weight = 10
    }
  }
}

run "each_service_has_its_own_weight_and_routes" {
  variables {
    services = {
      checkout = { green_weight = 0 }
      orders   = { green_weight = 10 }
    }
  }
  assert {
    condition = alltrue([
      for name, swap in eksmig_nlb_port_swap.service :
      swap.green_weight == var.services[name].green_weight && swap.routes == toset(["ANY /${name}/{proxy+}"])
    ])
    error_message = "A service is not at its own weight, or not on its own routes."
  }
  assert {
    condition     = alltrue([for swap in eksmig_nlb_port_swap.service : swap.undeployed_changes == "refuse"])
    error_message = "Somebody's half-made edit would be deployed."
  }
  assert {
    condition     = output.green_weights["orders"] == 10
    error_message = "The output is not what AWS has."
  }
}
