# [25, 50, 75, 100]
output "up" {
  value = provider::eksmig::ramp(0, 100, 25)
}

# [60, 30, 0]
output "down" {
  value = provider::eksmig::ramp(75, 0, 30)
}
