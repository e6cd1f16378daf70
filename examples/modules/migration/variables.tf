variable "services" {
  description = "The services by name. Of the two green ones, each has either. `green_weight`, `ramp` and `gate` stand in place of the wave's weight and of the variables of these names."
  type = map(object({
    route_arns             = set(string)
    blue_target_group_arn  = string
    green_target_group_arn = optional(string)
    green_twin = optional(object({
      name        = optional(string)
      name_suffix = optional(string)
      target_type = optional(string)
      protocol    = optional(string)
      port        = optional(number)
      vpc_id      = optional(string)
      health_check = optional(object({
        enabled             = optional(bool)
        protocol            = optional(string)
        port                = optional(string)
        path                = optional(string)
        matcher             = optional(string)
        interval            = optional(number)
        timeout             = optional(number)
        healthy_threshold   = optional(number)
        unhealthy_threshold = optional(number)
      }))
      attributes = optional(map(string))
      tags       = optional(map(string))
    }))
    green_weight = optional(number)
    ramp = optional(object({
      steps     = optional(list(number))
      step      = optional(number)
      interval  = optional(string)
      both_ways = optional(bool)
    }))
    gate = optional(object({
      min_healthy_targets = optional(number)
      min_healthy_percent = optional(number)
      alarm_names         = optional(set(string))
      http_probe = optional(object({
        url             = string
        host            = optional(string)
        headers         = optional(map(string))
        expected_status = optional(string)
        timeout         = optional(string)
      }))
      error_rate = optional(object({
        max_percent  = number
        min_requests = optional(number)
        window       = optional(string)
      }))
      failure_threshold = optional(number)
      poll_interval     = optional(string)
      timeout           = optional(string)
    }))
  }))
  nullable = false

  validation {
    condition     = alltrue([for service in values(var.services) : (service.green_target_group_arn == null) != (service.green_twin == null)])
    error_message = "A service has both green_target_group_arn and green_twin, or neither. Give each one of the two."
  }
  validation {
    condition     = alltrue([for service in values(var.services) : service.green_weight == null ? true : service.green_weight >= 0 && service.green_weight <= 100 && floor(service.green_weight * 10) == service.green_weight * 10])
    error_message = "A service's green_weight is not a percentage from 0 to 100 with at most one decimal."
  }
  validation {
    condition     = length(distinct(flatten([for service in values(var.services) : tolist(service.route_arns)]))) == sum(concat([0], [for service in values(var.services) : length(service.route_arns)]))
    error_message = "Two services have a route in common. What one of them writes there, the other would take for someone else's change."
  }
}

variable "wave_size" {
  description = "How many services a wave has at most."
  type        = number
  nullable    = false

  validation {
    condition     = var.wave_size >= 1 && floor(var.wave_size) == var.wave_size
    error_message = "wave_size is not a whole number of at least 1."
  }
}

variable "order" {
  description = "Which services go first, in their order. Those that are not named follow, by name. Name them all before the first wave moves, and add new ones at the end: a name that comes in between pushes others into the next wave, and their traffic with them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.order)) == length(var.order)
    error_message = "order names a service twice."
  }
}

variable "wave_weights" {
  description = "What a pull request changes: green's percent of each wave, from the first on. A wave without one is at 0: green is in its routes and has no traffic. `null`: its routes are not touched yet, and only twins are made."
  type        = list(number)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for weight in var.wave_weights : weight == null ? true : weight >= 0 && weight <= 100 && floor(weight * 10) == weight * 10])
    error_message = "wave_weights has something that is not a percentage from 0 to 100 with at most one decimal."
  }
}

variable "finished_waves" {
  description = "Of how many waves, from the first on, the side at weight 0 leaves the routes, so that its target groups can be deleted."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.finished_waves >= 0 && floor(var.finished_waves) == var.finished_waves
    error_message = "finished_waves is not a whole number of at least 0."
  }
}

variable "ramp" {
  description = "How the share moves inside one apply. `{}`: in one step."
  type = object({
    steps     = optional(list(number))
    step      = optional(number)
    interval  = optional(string)
    both_ways = optional(bool)
  })
  default = {
    steps    = [1, 10, 50]
    interval = "5m"
  }
  nullable = false

  validation {
    condition     = var.ramp.steps == null || var.ramp.step == null
    error_message = "ramp.steps lists the steps and ramp.step spaces them evenly. Keep one of the two."
  }
}

variable "gate" {
  description = "What must be true before a step begins and all through its interval. `{}`: one healthy target on the side that rises."
  type = object({
    min_healthy_targets = optional(number)
    min_healthy_percent = optional(number)
    alarm_names         = optional(set(string))
    http_probe = optional(object({
      url             = string
      host            = optional(string)
      headers         = optional(map(string))
      expected_status = optional(string)
      timeout         = optional(string)
    }))
    error_rate = optional(object({
      max_percent  = number
      min_requests = optional(number)
      window       = optional(string)
    }))
    failure_threshold = optional(number)
    poll_interval     = optional(string)
    timeout           = optional(string)
  })
  default  = {}
  nullable = false
}

variable "on_failure" {
  description = "What to do when a gate fails while the share moves: `\"rollback\"` to where the apply began, or `\"hold\"`."
  type        = string
  default     = "rollback"
  nullable    = false

  validation {
    condition     = contains(["rollback", "hold"], var.on_failure)
    error_message = "on_failure is neither \"rollback\" nor \"hold\"."
  }
}

variable "on_destroy" {
  description = "What a destroy does to the traffic: `\"keep\"` leaves it as it is, `\"blue\"` sends all of it back first, `\"green\"` finishes first."
  type        = string
  default     = "keep"
  nullable    = false

  validation {
    condition     = contains(["keep", "blue", "green"], var.on_destroy)
    error_message = "on_destroy is none of \"keep\", \"blue\" and \"green\"."
  }
}

variable "wait_for_drain" {
  description = "Once settled at 0 or 100, wait until the idle side's requests and flows are gone. `{}` for the defaults."
  type = object({
    window  = optional(string)
    timeout = optional(string)
  })
  default = null
}

variable "timeouts" {
  description = "How long an operation may take as a whole."
  type = object({
    create = optional(string)
    update = optional(string)
    delete = optional(string)
  })
  default  = {}
  nullable = false
}

variable "preflight" {
  description = "Whether a preflight looks at the services that have a weight and are not finished, in one for all. An error that it finds is a warning, at every plan and apply."
  type        = bool
  default     = true
  nullable    = false
}
