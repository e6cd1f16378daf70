terraform {
  required_version = ">= 1.8"
  required_providers {
    eksmig = {
      source  = "eksmig/eksmig"
      version = "~> 0.1"
    }
  }
}

provider "eksmig" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"] # refuse to run anywhere else
}
