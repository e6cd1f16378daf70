# A target group for green beside each of blue's. No route names them, no traffic moves.
twins = true
