variable "cluster_name" {
  description = "The cluster's name in EKS."
  type        = string
}

variable "target_group_arns" {
  description = "The target groups of the load balancers in front of the nodes."
  type        = set(string)
}

resource "eksmig_node_group_migration" "workers" {
  cluster         = "main" # its key in kubernetes.clusters of the provider's block
  cluster_name    = var.cluster_name
  blue_node_group = "workers-2024"

  green = {
    clone = {
      node_group     = "workers-2026"
      instance_types = ["m7g.large"]
      launch_template = {
        id      = "lt-0123456789abcdef0"
        version = "7"
      }
      scaling = {
        min_size     = 3
        max_size     = 12
        desired_size = 6
      }
    }
  }

  # Where blue's nodes, or pods on them, are targets.
  target_group_arns = var.target_group_arns
  gate = {
    min_healthy_targets = 3
    alarm_names         = ["shop-5xx"]
    timeout             = "15m"
  }
  load_balancer_drain = "1m" # on top of what the target groups show

  strategy   = "surge"
  strategies = { "shop/search" = "evict" }

  # Nothing is lost or cut short that is not named.
  allow_bare_pod_loss       = ["tools/shell"]
  allow_local_data_loss     = ["shop/thumbnails-7d9f8c6b5-x2x4z"]
  allow_job_eviction        = ["reports/nightly"]
  allow_disruption          = ["shop/search-0"]
  allow_unknown_controllers = ["shop/canary-6c4b8d7f9-abcde"]

  batch = {
    surge = 5
    evict = 5
  }
  stage_timeout = "1h"
  delete_blue   = true
  on_destroy    = "restore"

  timeouts {
    create = "6h"
    update = "6h"
    delete = "1h"
  }
}

# Another group that is there already, with everything else at its default.
resource "eksmig_node_group_migration" "batch" {
  cluster         = "main"
  cluster_name    = var.cluster_name
  blue_node_group = "batch-2024"

  green = { node_group = "batch-2026" }
}
