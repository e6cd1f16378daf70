variable "name" {
  description = "What the service is called, in messages."
  type        = string
  nullable    = false

  validation {
    condition     = trimspace(var.name) != ""
    error_message = "name is empty."
  }
}

variable "route_arns" {
  description = "The listeners, for their default action, and the listener rules that carry the service. All of them move together."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.route_arns) > 0
    error_message = "route_arns is empty: there is nothing to shift."
  }
  validation {
    condition     = alltrue([for arn in var.route_arns : can(regex("^arn:[^:]+:elasticloadbalancing:[^:]+:[^:]+:listener(-rule)?/(app|net)/", arn))])
    error_message = "route_arns has something that is neither a listener's ARN nor a listener rule's."
  }
}

variable "blue_target_group_arn" {
  description = "The target group that serves today."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[^:]+:elasticloadbalancing:[^:]+:[^:]+:targetgroup/", var.blue_target_group_arn))
    error_message = "blue_target_group_arn is not a target group's ARN."
  }
}

variable "green_target_group_arn" {
  description = "The target group that takes over. Either this or `green_twin`."
  type        = string
  default     = null

  validation {
    condition     = var.green_target_group_arn == null ? true : can(regex("^arn:[^:]+:elasticloadbalancing:[^:]+:[^:]+:targetgroup/", var.green_target_group_arn))
    error_message = "green_target_group_arn is not a target group's ARN."
  }
}

variable "green_twin" {
  description = "Has green's target group made after blue's, with these differences: `{}` for none, `{ target_type = \"ip\" }` for pods in place of nodes."
  type = object({
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
  })
  default = null

  validation {
    condition     = contains(["instance", "ip"], coalesce(try(var.green_twin.target_type, null), "ip"))
    error_message = "green_twin.target_type is neither \"instance\" nor \"ip\"."
  }
}

variable "green_weight" {
  description = "Green's percent of the traffic that blue and green share, 0 to 100, one decimal allowed. `null`: there is no shift yet, only green's twin, so that its pods can register before a route names it."
  type        = number

  validation {
    condition     = var.green_weight == null ? true : var.green_weight >= 0 && var.green_weight <= 100 && floor(var.green_weight * 10) == var.green_weight * 10
    error_message = "green_weight is not a percentage from 0 to 100 with at most one decimal."
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

variable "drop_idle_target_group" {
  description = "Once settled at 0 or 100, take the side at weight 0 out of the routes, so that its target group can be deleted."
  type        = bool
  default     = false
  nullable    = false
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
  description = "What becomes of an error that a preflight finds: `\"warn\"` says it at every plan and stops nothing, `\"stop\"` refuses every plan but that of `green_weight = 0`, `\"off\"` does not look."
  type        = string
  default     = "warn"
  nullable    = false

  validation {
    condition     = contains(["warn", "stop", "off"], var.preflight)
    error_message = "preflight is none of \"warn\", \"stop\" and \"off\"."
  }
}
