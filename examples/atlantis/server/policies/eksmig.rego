# What a pull request may do to traffic, judged by the plan's JSON: conftest test --policy policies plan.json
#
# The way back to blue is free: no policy may stand in its way. What cannot be told is denied.
package main

import rego.v1

# In points of green's share.

# The furthest that one step may raise it.
max_step := 25

# The furthest that one step may raise it while no gate looks at what requests come to.
max_step_unwatched := 10

# The furthest that one pull request may raise it.
max_rise := 50

watching := {"alarm_names", "error_rate", "http_probe"}

deny contains "The plan failed: there is nothing that can be applied." if input.errored

deny contains sprintf("%s: %s", [check.address.to_display, problem(instance)]) if {
	count(rising) > 0
	some check in input.checks
	some instance in check.instances
	instance.status in {"fail", "error"}
}

deny contains sprintf("%s: a step of %v points; at most %v are allowed.", [address, step, max_step]) if {
	some address, _ in rising
	some step in steps[address]
	step > max_step
}

deny contains sprintf("%s: a step of %v points that no gate watches; at most %v are allowed without %s.", [address, step, max_step_unwatched, concat(" or ", watching)]) if {
	some address, resource in rising
	not watched(resource.change.after)
	some step in steps[address]
	step > max_step_unwatched
	step <= max_step
}

deny contains sprintf("%s: green rises by %v points; at most %v are allowed in one pull request.", [address, rise, max_rise]) if {
	some address, resource in rising
	rise := resource.change.after.green_weight - now(resource)
	rise > max_rise
}

deny contains sprintf("%s: what it does to the traffic is known only in the apply.", [resource.address]) if {
	some resource in changed
	some name in {"green_weight", "serving", "schedule"}
	resource.change.after_unknown[name] == true
	object.get(resource.change.after, "green_weight", null) != 0
}

deny contains sprintf("%s: its routes stand at shares of their own, so how far it goes cannot be told.", [resource.address]) if {
	some resource in changed
	resource.change.after.green_weight > 0
	not now(resource)
}

deny contains sprintf("%s: %v %% of blue leave in one step; at most %v are allowed.", [resource.address, leave, max_step]) if {
	some resource in changed
	resource.change.after.serving != "blue"
	left := array.concat([100], [step.registered_percent | some step in resource.change.after.schedule; step.side == "blue"])
	some nth, percent in left
	nth > 0
	leave := left[nth - 1] - percent
	leave > max_step
}

deny contains sprintf("%s: destroyed at %v %%; the traffic would stay split, and nobody would move it on.", [resource.address, share]) if {
	some resource in ours
	"delete" in resource.change.actions
	share := resource.change.before.observed_green_weight
	share > 0
	share < 100
	not resource.change.before.on_destroy in {"blue", "green"}
}

deny contains sprintf("%s: its destroy sends all traffic to green, from %v %%.", [resource.address, share]) if {
	some resource in ours
	"delete" in resource.change.actions
	resource.change.before.on_destroy == "green"
	share := resource.change.before.observed_green_weight
	100 - share > max_step
}

warn contains sprintf("%s: its last apply ended %s. Is what failed then mended?", [address, status]) if {
	some address, resource in rising
	status := resource.change.before.status
	status in {"held", "rolled_back", "undrained"}
}

warn contains sprintf("%s: goes over ExternalDNS, which may take the change back.", [resource.address]) if {
	some resource in changed
	resource.change.after.external_dns == "override"
}

warn contains sprintf("%s: deploys other people's edits of the API along with its own.", [resource.address]) if {
	some resource in changed
	resource.change.after.undeployed_changes == "deploy"
}

ours contains resource if {
	some resource in input.resource_changes
	resource.mode == "managed"
	endswith(resource.provider_name, "/eksmig/eksmig")
}

changed contains resource if {
	some resource in ours
	some action in {"create", "update"}
	action in resource.change.actions
}

# Those that raise green's share, by address.
rising[resource.address] := resource if {
	some resource in changed
	resource.change.after.green_weight > now(resource)
}

# Where green stands; undefined where that cannot be told. Before a create it is taken for 0: only the apply looks.
now(resource) := 0 if "create" in resource.change.actions

now(resource) := resource.change.before.observed_green_weight if {
	resource.change.actions == ["update"]
	is_number(resource.change.before.observed_green_weight)
}

# By how much each step raises green, by address.
steps[address] contains step if {
	some address, resource in rising
	shares := array.concat([now(resource)], [step.green_weight | some step in resource.change.after.schedule])
	some nth, share in shares
	nth > 0
	step := share - shares[nth - 1]
}

watched(after) if {
	some name in watching
	after.gate[name] != null
}

problem(instance) := text if {
	text := concat("; ", [found.message | some found in instance.problems])
	text != ""
} else := "could not be evaluated"
