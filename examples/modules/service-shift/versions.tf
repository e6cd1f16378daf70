terraform {
  required_version = ">= 1.8"

  required_providers {
    eksmig = {
      source  = "eksmig/eksmig"
      version = ">= 0.1"
    }
  }
}
