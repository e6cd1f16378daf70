# Nothing is made. The plan lists what there is to move.
twins = false
