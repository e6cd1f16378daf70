//! The HCL of an `eksmig_weighted_shift`.

use std::fmt;

use crate::world::TargetGroup;

/// A resource of the type `eksmig_weighted_shift`, as a user writes it.
#[derive(Debug, Clone)]
pub struct Shift {
    name: String,
    route_arns: Vec<String>,
    blue: String,
    green: String,
    green_weight: String,
    arguments: Vec<String>,
}

impl Shift {
    /// The resource `eksmig_weighted_shift.service`, with nothing but what is required.
    pub fn new(route_arns: &[&str], blue: &TargetGroup, green: &TargetGroup, green_weight: impl fmt::Display) -> Self {
        Self {
            name: "service".to_owned(),
            route_arns: route_arns.iter().map(|&arn| arn.to_owned()).collect(),
            blue: blue.arn.clone(),
            green: green.arn.clone(),
            green_weight: green_weight.to_string(),
            arguments: Vec::new(),
        }
    }

    /// Another name.
    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// Another green weight.
    pub fn to(&self, green_weight: impl fmt::Display) -> Self {
        Self { green_weight: green_weight.to_string(), ..self.clone() }
    }

    /// One argument or block more, as HCL.
    pub fn with(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// A ramp over these steps with this interval.
    pub fn ramp(self, steps: &str, interval: &str) -> Self {
        self.with(&format!("ramp = {{\n    steps    = {steps}\n    interval = \"{interval}\"\n  }}"))
    }

    /// A gate that is asked every second, with these arguments besides.
    pub fn gate(self, arguments: &str) -> Self {
        self.with(&format!("gate = {{\n    poll_interval = \"1s\"\n    {arguments}\n  }}"))
    }

    /// Its address in the configuration.
    pub fn address(&self) -> String {
        format!("eksmig_weighted_shift.{}", self.name)
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "resource \"eksmig_weighted_shift\" \"{}\" {{", self.name)?;
        writeln!(f, "  route_arns             = {:?}", self.route_arns)?;
        writeln!(f, "  blue_target_group_arn  = {:?}", self.blue)?;
        writeln!(f, "  green_target_group_arn = {:?}", self.green)?;
        writeln!(f, "  green_weight           = {}", self.green_weight)?;
        for argument in &self.arguments {
            writeln!(f, "  {argument}")?;
        }
        writeln!(f, "}}")
    }
}

/// The configuration of a shift for each of many services: lines of HCL that map a name to `rule`, `blue` and `green`.
pub fn fleet(services: &str, green_weight: u8) -> String {
    format!(
        r#"locals {{
  services = {{
{services}  }}
}}

resource "eksmig_weighted_shift" "service" {{
  for_each               = local.services
  route_arns             = [each.value.rule]
  blue_target_group_arn  = each.value.blue
  green_target_group_arn = each.value.green
  green_weight           = {green_weight}
}}
"#
    )
}
