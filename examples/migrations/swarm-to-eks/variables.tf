variable "load_balancer_names" {
  description = "The load balancers whose services move."
  type        = set(string)
  default     = ["edge-web", "edge-api", "edge-partners"]
}

variable "twins" {
  description = "What a pull request changes first: whether green's target groups exist."
  type        = bool
  default     = false
}

variable "green_weight" {
  description = "What a pull request changes next: green's percent of every service; null before there is anything to shift."
  type        = number
  default     = null
}

variable "ahead" {
  description = "Green's percent of services that go before the others, or stay behind: by the name of blue's target group."
  type        = map(number)
  default     = {}
}

variable "finish" {
  description = "What a pull request changes last: whether the side at weight 0 leaves the routes."
  type        = bool
  default     = false
}

variable "steps" {
  description = "The shares on the way."
  type        = list(number)
  default     = [1, 10, 50]
}

variable "interval" {
  description = "How long a step bakes."
  type        = string
  default     = "5m"
}

variable "min_healthy_targets" {
  description = "How many pods of a service have to be healthy before it gets more traffic."
  type        = number
  default     = 2
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
