# The provider's kubernetes.clusters has both clusters, under these keys.
data "eksmig_workloads" "all" {
  blue       = "blue"
  green      = "green"
  namespaces = ["shop", "payments"]
}

# Says at every plan and apply what is in the way, and stops neither.
check "nothing_is_in_the_way" {
  assert {
    condition = alltrue([for workload in data.eksmig_workloads.all.workloads : length(workload.blockers) == 0])
    error_message = join("\n", flatten([
      for name, workload in data.eksmig_workloads.all.workloads : [
        for blocker in workload.blockers : "${name}: ${blocker}"
      ]
    ]))
  }
}

output "moved_by" {
  description = "Which services each type of resource moves. Read it, and pin it: write the services down where they are moved."
  value = {
    for mover in toset(flatten([for workload in data.eksmig_workloads.all.workloads : workload.moved_by])) :
    mover => [
      for name, workload in data.eksmig_workloads.all.workloads : name if contains(workload.moved_by, mover)
    ]
  }
}
