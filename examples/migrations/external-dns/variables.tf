variable "zone_id" {
  description = "The hosted zone of the services' names."
  type        = string
  default     = "Z0123456789ABCDEFGHIJ"
}

variable "domain" {
  description = "What the services' names end in."
  type        = string
  default     = "example.com"
}

variable "alarms" {
  description = "The CloudWatch alarms that have a say while green rises."
  type        = list(string)
  default     = ["ingress-green-5xx"]
}

variable "interval" {
  description = "How long a step bakes, once everyone meets its share."
  type        = string
  default     = "10m"
}

variable "services" {
  description = "What a pull request changes: by the name of a service's Ingress, green's percent."
  type        = map(number)
}
