# {"blue": 90, "green": 10}
output "ten_percent" {
  value = provider::eksmig::weights(10, 100)
}

# {"blue": 99, "green": 1}
output "never_rounded_to_nothing" {
  value = provider::eksmig::weights(0.1, 100)
}
