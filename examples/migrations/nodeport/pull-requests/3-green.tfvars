# Blue's nodes leave, a quarter of them at a time.
serving = "green"
