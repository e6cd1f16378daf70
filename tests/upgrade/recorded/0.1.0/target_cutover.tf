resource "eksmig_target_cutover" "nodes" {
  target_group_arns = ["<group>"]
  blue = { targets = [{ id = "10.0.0.1" }, { id = "10.0.0.2" }, { id = "10.0.0.3" }, { id = "10.0.0.4" }] }
  green = { targets = [{ id = "10.0.1.1" }, { id = "10.0.1.2" }] }
  serving = "green"
  ramp = {
    batch_percent = 50
  }
  gate = {
    poll_interval = "1s"
  }
}
