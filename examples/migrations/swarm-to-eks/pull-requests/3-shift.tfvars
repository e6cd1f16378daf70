# Every service goes to green, over 1, 10 and 50 %.
twins        = true
green_weight = 100
