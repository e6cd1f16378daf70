# Needs nothing: the provider checks what it is given, and is asked for nothing else.

mock_provider "eksmig" {
  source = "./tests/mocks"
}

# What is known only after apply must not be needed for the plan.
run "greens_and_routes_of_the_same_configuration" {
  module {
    source = "./tests/unknown"
  }
  assert {
    condition     = join(" ", [for wave in output.waves : wave.green_weight]) == "10 0"
    error_message = "The waves are cut otherwise."
  }
}
