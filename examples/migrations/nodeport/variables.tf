variable "load_balancer_names" {
  description = "The load balancers in front of the nodes."
  type        = set(string)
  default     = ["edge"]
}

variable "blue_groups" {
  description = "The Auto Scaling groups of blue's nodes."
  type        = set(string)
  default     = ["blue-workers"]
}

variable "green_groups" {
  description = "The Auto Scaling groups of green's nodes. A managed node group's is in its `resources`."
  type        = set(string)
  default     = ["eks-green-a", "eks-green-b"]
}

variable "serving" {
  description = "What a pull request changes: whose nodes serve, blue, both or green."
  type        = string
  default     = "blue"
}

variable "interval" {
  description = "How long a step bakes."
  type        = string
  default     = "5m"
}

variable "alarms" {
  description = "The CloudWatch alarms that have a say while green joins and blue leaves."
  type        = list(string)
  default     = ["edge-5xx"]
}

variable "poll_interval" {
  description = "How often the gates are asked."
  type        = string
  default     = "10s"
}
