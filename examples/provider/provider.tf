terraform {
  required_version = ">= 1.8"

  required_providers {
    eksmig = {
      source = "eksmig/eksmig"
    }
  }
}

# Nothing is required: what is left out comes from the AWS SDK's own chain.
provider "eksmig" {
  region = "eu-west-1"

  # Before the first call, refuse to work in any other account.
  allowed_account_ids = ["123456789012"]

  assume_role = {
    role_arn     = "arn:aws:iam::123456789012:role/traffic"
    session_name = "shift-orders"
    duration     = "2h"
  }

  # Only for what looks into clusters or changes something there.
  kubernetes = {
    clusters = {
      blue  = { eks_cluster_name = "orders-2024" }
      green = { eks_cluster_name = "orders-2025" }
    }
  }
}
