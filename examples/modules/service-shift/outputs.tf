output "green_target_group_arn" {
  description = "Green's target group, for the TargetGroupBinding in the green cluster."
  value       = local.green
}

output "observed_green_weight" {
  description = "Green's percent as AWS has it; null without a shift, and where the routes disagree."
  value       = local.observed
}

output "serves" {
  description = "Who serves: `\"blue\"`, `\"green\"` or `\"both\"`; null where that is not known."
  value       = local.observed == null ? null : local.observed == 0 ? "blue" : local.observed == 100 ? "green" : "both"
}

output "settled" {
  description = "Whether the last apply ended where it was asked to."
  value       = alltrue([for shift in eksmig_weighted_shift.this : shift.status == "settled" && shift.observed_green_weight == var.green_weight]) && var.green_weight != null
}

output "status" {
  description = "How the last apply ended: `settled`, `held`, `rolled_back` or `undrained`; null without a shift."
  value       = one(eksmig_weighted_shift.this[*].status)
}

output "routes" {
  description = "The weights by route; in the plan of an update, those that the routes will have."
  value       = one(eksmig_weighted_shift.this[*].routes)
}

output "schedule" {
  description = "The steps of the change that is planned, or was made last."
  value       = one(eksmig_weighted_shift.this[*].schedule)
}

output "preflight_report" {
  description = "What the preflight found, in Markdown; null where it did not look."
  value       = one(data.eksmig_preflight.this[*].report)
}
