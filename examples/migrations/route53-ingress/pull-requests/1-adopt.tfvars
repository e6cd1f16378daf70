# Blue's records become weighted, and green's are made beside them at weight 0. No traffic moves.
services = {
  checkout = { green_weight = 0 }
  orders   = { green_weight = 0 }
}
