# Green's nodes join, and share the traffic of every port with blue's.
serving = "both"
