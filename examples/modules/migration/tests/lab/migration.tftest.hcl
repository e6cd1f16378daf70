# Moves real weights, in two waves of two services: the variables say which. Green's targets are healthy where it is in a
# route.

variables {
  wave_size = 2
  ramp      = { steps = [50] }
}

run "nothing_has_begun" {
  variables {
    wave_weights = [null, null]
  }
  assert {
    condition     = length(output.waves) == 2 && alltrue([for wave in output.waves : length(wave.services) == 2 && wave.on_blue == wave.services && length(wave.settled) == 0])
    error_message = "Something is shifted already, or the waves are cut otherwise."
  }
}

run "all_join" {
  assert {
    condition     = alltrue([for wave in output.waves : wave.settled == wave.services && wave.on_blue == wave.services])
    error_message = "Joining moved traffic."
  }
}

run "first_wave" {
  variables {
    wave_weights = [10]
  }
  assert {
    condition     = alltrue([for name, weight in output.observed_green_weights : weight == (contains(output.waves[0].services, name) ? 10 : 0)])
    error_message = "Not the first wave alone moved."
  }
  assert {
    condition     = alltrue([for wave in output.waves : wave.settled == wave.services && wave.on_blue == wave.services])
    error_message = "Blue is needed for 90 %, and is not said to be."
  }
}

run "second_wave" {
  variables {
    wave_weights = [100, 10]
  }
  assert {
    condition     = length(output.waves[0].on_blue) == 0 && output.waves[1].on_blue == output.waves[1].services
    error_message = "Blue does not serve the second wave alone."
  }
}

# What a revert of the pull request does.
run "back_from_the_second" {
  variables {
    wave_weights = [100]
  }
  assert {
    condition     = alltrue([for name, weight in output.observed_green_weights : weight == (contains(output.waves[0].services, name) ? 100 : 0)])
    error_message = "Not the second wave alone went back."
  }
}

run "all_of_it" {
  variables {
    wave_weights   = [100, 100]
    finished_waves = 1
  }
  assert {
    condition     = alltrue([for wave in output.waves : wave.settled == wave.services && length(wave.on_blue) == 0])
    error_message = "Green does not serve everything."
  }
}

run "back_from_the_end" {
  assert {
    condition     = alltrue([for weight in values(output.observed_green_weights) : weight == 0]) && alltrue([for wave in output.waves : wave.settled == wave.services])
    error_message = "Blue does not serve everything again."
  }
}
