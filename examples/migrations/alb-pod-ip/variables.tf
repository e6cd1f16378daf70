variable "load_balancer_name" {
  description = "The load balancer in front of the pods of both clusters."
  type        = string
  default     = "edge"
}

variable "port" {
  description = "The port of the listener whose rules move."
  type        = number
  default     = 443
}

variable "services" {
  description = "The two target groups of each service, one bound in each cluster."
  type        = map(object({ blue = string, green = string }))
  default = {
    orders = {
      blue  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-blue/0123456789abcdef"
      green = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/0123456789abcdef"
    }
    users = {
      blue  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/users-blue/0123456789abcdef"
      green = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/users-green/0123456789abcdef"
    }
  }
}

variable "routes" {
  description = "What a pull request changes: by a rule's conditions, whose it is, green's percent, and whether it is finished."
  type = map(object({
    service      = string
    green_weight = number
    finish       = optional(bool, false)
  }))
}

variable "interval" {
  description = "How long a step bakes."
  type        = string
  default     = "10m"
}

variable "alarms" {
  description = "The CloudWatch alarms that have a say while green rises."
  type        = list(string)
  default     = ["edge-5xx"]
}

variable "poll_interval" {
  description = "How often the gates are asked."
  type        = string
  default     = "10s"
}
