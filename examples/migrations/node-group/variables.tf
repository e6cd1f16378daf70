variable "cluster_name" {
  description = "The cluster's name in EKS."
  type        = string
  default     = "shop-1"
}

variable "target_group_arns" {
  description = "The target groups that bring the nodes their traffic."
  type        = set(string)
  default     = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/edge/0123456789abcdef"]
}

variable "alarms" {
  description = "The CloudWatch alarms that have a say before blue leaves the load balancers."
  type        = list(string)
  default     = ["shop-5xx"]
}

variable "poll_interval" {
  description = "How often the gates are asked."
  type        = string
  default     = "10s"
}

variable "node_groups" {
  description = "What a pull request changes: by the node group that is left, the one that takes over."
  type = map(object({
    green          = string
    instance_types = optional(list(string))
    delete_blue    = optional(bool, true)
  }))
}
