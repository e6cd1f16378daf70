# The resource exists. Nothing is registered or deregistered.
serving = "blue"
