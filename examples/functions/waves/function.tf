locals {
  waves = provider::eksmig::waves(["static", "search", "orders", "payments", "login"], 2)
}

# [["static", "search"], ["orders", "payments"], ["login"]]
output "waves" {
  value = local.waves
}

# The first two waves have moved: these are at 100, the others at 0.
# {"login": 0, "orders": 100, "payments": 100, "search": 100, "static": 100}
output "green_weight" {
  value = merge([
    for number, wave in local.waves : { for service in wave : service => number < 2 ? 100 : 0 }
  ]...)
}
