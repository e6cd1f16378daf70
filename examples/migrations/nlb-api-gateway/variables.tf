variable "rest_api_id" {
  description = "The API in front of the network load balancer."
  type        = string
  default     = "a1b2c3d4e5"
}

variable "stage_names" {
  description = "The stages that move, all of them together."
  type        = set(string)
  default     = ["prod"]
}

variable "blue_listener_arn" {
  description = "The listener whose port leads to the blue cluster's target group."
  type        = string
  default     = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/net/apis/0123456789abcdef/0123456789abcdef"
}

variable "green_listener_arn" {
  description = "The listener of the same load balancer whose port leads to the green cluster's target group."
  type        = string
  default     = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/net/apis/0123456789abcdef/fedcba9876543210"
}

variable "alarms" {
  description = "The CloudWatch alarms that have a say while green rises."
  type        = list(string)
  default     = ["apis-5xx"]
}

variable "interval" {
  description = "How long a step bakes. Longer than the longest timeout of an integration, 29 seconds as a rule."
  type        = string
  default     = "10m"
}

variable "services" {
  description = "What a pull request changes: by the first part of a service's path, green's percent."
  type        = map(object({ green_weight = number }))
}
