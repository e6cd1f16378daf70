variable "services" {
  description = "What a pull request changes: by name, the routes and target groups of a service, and green's percent."
  type = map(object({
    route_arns   = set(string)
    blue         = string
    green        = string
    green_weight = number
  }))
}

variable "steps" {
  description = "Green's shares on the way up, in percent."
  type        = list(number)
  default     = [1, 10, 25, 50, 75]
}

variable "interval" {
  description = "How long a step bakes."
  type        = string
  default     = "10m"
}

variable "alarms" {
  description = "The CloudWatch alarms that have a say while green rises."
  type        = set(string)
  default     = ["edge-5xx"]
}

variable "max_step" {
  description = "The furthest that one step may raise green's share, in points."
  type        = number
  default     = 25
}
