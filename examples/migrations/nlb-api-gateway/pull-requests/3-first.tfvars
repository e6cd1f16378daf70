# The canary becomes the stage, and is free for the others.
services = {
  checkout = { green_weight = 0 }
  orders   = { green_weight = 100 } # over 50 %
  users    = { green_weight = 0 }
}
