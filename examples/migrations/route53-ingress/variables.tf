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

variable "green_ingress" {
  description = "The host name of the green cluster's ingress."
  type        = string
  default     = "ingress.green.example.com"
}

variable "health_url" {
  description = "What the green cluster's ingress answers by, whatever the host."
  type        = string
  default     = "https://ingress.green.example.com/healthz"
}

variable "alarms" {
  description = "The CloudWatch alarms that have a say while green rises."
  type        = list(string)
  default     = ["ingress-green-5xx"]
}

variable "ttl" {
  description = "For how many seconds the answers are kept. Lower that of the records of today first, and wait it out."
  type        = number
  default     = 60
}

variable "interval" {
  description = "How long a step bakes, once everyone meets its share."
  type        = string
  default     = "10m"
}

variable "services" {
  description = "What a pull request changes: by the first label of a service's name, green's percent, and whether it is finished."
  type = map(object({
    green_weight = number
    finished     = optional(bool, false)
  }))
}
