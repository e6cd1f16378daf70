terraform {
  required_version = ">= 1.8"
  required_providers {
    eksmig = { source = "eksmig/eksmig" }
  }
}

provider "eksmig" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"] # refuse to run anywhere else

  kubernetes = {
    clusters = {
      shop = { eks_cluster_name = "shop-1" }
    }
  }
}
