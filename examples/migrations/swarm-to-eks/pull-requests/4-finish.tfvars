# Blue leaves the routes, and its target groups can be deleted.
twins        = true
green_weight = 100
finish       = true
