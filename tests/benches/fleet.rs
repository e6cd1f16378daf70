//! A thousand shifts on ten load balancers of a hundred rules, planned and applied with nothing to do, beside a
//! thousand `terraform_data`; and what that asks of AWS.

use std::fmt::Write;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::provider_binary;
use eksmig_tests::shift;
use eksmig_tests::stage::Stage;
use eksmig_tests::terraform::Workspace;
use eksmig_tests::world::{World, forward, path};

const BALANCERS: usize = 10;
const RULES: usize = 100;
/// Pairs of target groups on a load balancer, each shared by some of its rules.
const PAIRS: usize = 20;
const ROUNDS: usize = 5;

fn main() {
    let stage = Stage::with(World::new("fleet"), Workspace::with_binary(&provider_binary::released()));
    stage.workspace.write("main.tf", &fleet(&stage.world));
    // Many times longer than anything measured below: whoever touches a route reads it afresh, within the budget of
    // calls that a good guest keeps.
    let made = stage.workspace.spawn_apply().wait_for(Duration::from_secs(1200)).expect_success();
    println!("{} shifts imported in {:.1} s, {}", BALANCERS * RULES, made.took.as_secs_f64(), asked(&stage, 0));

    let floor = Workspace::with_binary(&provider_binary::released());
    floor.write("main.tf", &floor_fleet());
    floor.apply().expect_success();

    let (mut plans, mut applies, mut floor_plans, mut floor_applies) = (vec![], vec![], vec![], vec![]);
    let mut said = (String::new(), String::new());
    for _ in 0..ROUNDS {
        floor_plans.push(floor.plan().expect_success().took);
        let since = stage.mark();
        plans.push(stage.workspace.plan().expect_success().took);
        said.0 = asked(&stage, since);
        floor_applies.push(floor.apply().expect_success().took);
        let since = stage.mark();
        applies.push(stage.workspace.apply().expect_success().took);
        said.1 = asked(&stage, since);
    }
    report("refresh and plan", median(plans), median(floor_plans), &said.0);
    report("apply with nothing to do", median(applies), median(floor_applies), &said.1);
    println!("targets: a refresh and plan at most 1.3 times the floor, with at most 40 calls to AWS");
}

fn report(what: &str, time: Duration, floor: Duration, asked: &str) {
    let (time, floor) = (time.as_secs_f64(), floor.as_secs_f64());
    println!("{what}: {time:.2} s, {:.2} times the floor of {floor:.2} s; {asked}", time / floor);
}

/// What AWS was asked, and how long the emulator took for it.
fn asked(stage: &Stage, since: u64) -> String {
    let calls = stage.calls(since);
    let seconds: f64 = calls.iter().filter_map(|call| call.seconds).sum();
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for call in &calls {
        match kinds.iter_mut().find(|(action, _)| *action == call.action) {
            Some((_, count)) => *count += 1,
            None => kinds.push((call.action.clone(), 1)),
        }
    }
    let kinds: Vec<String> = kinds.iter().map(|(action, count)| format!("{count} {action}")).collect();
    format!("{} calls to AWS ({}), the emulator's own time {:.0} ms", calls.len(), kinds.join(", "), seconds * 1000.0)
}

fn fleet(world: &World) -> String {
    let mut services = String::new();
    for balancer in 0..BALANCERS {
        let arn = world.application_balancer(&format!("lb{balancer}"));
        let pairs: Vec<_> = (0..PAIRS)
            .map(|pair| {
                let name = |side| format!("{balancer}-{pair}-{side}");
                (world.target_group(&name("blue")), world.target_group(&name("green")))
            })
            .collect();
        let listener = world.listener(&arn, ProtocolEnum::Http, 80, vec![forward(&[(&pairs[0].0, 1)])]);
        for number in 0..RULES {
            let (blue, green) = &pairs[number % PAIRS];
            let conditions = vec![path(&format!("/service-{number}/*"))];
            let priority = i32::try_from(number).unwrap() + 1;
            let rule = world.rule(&listener, priority, conditions, vec![forward(&[(blue, 100), (green, 0)])]);
            writeln!(
                services,
                "    \"service-{balancer}-{number}\" = {{ rule = {rule:?}, blue = {:?}, green = {:?} }}",
                blue.arn, green.arn
            )
            .unwrap();
        }
    }
    shift::fleet(&services, 0)
        + r#"
import {
  for_each = local.services
  to       = eksmig_weighted_shift.service[each.key]
  id       = "${each.value.rule}|${each.value.blue}|${each.value.green}"
}
"#
}

/// As many resources of no provider, with as much in them.
fn floor_fleet() -> String {
    let arn = format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/name/{:016x}", 0);
    format!(
        r#"locals {{
  services = {{ for number in range({}) : "service-${{number}}" => {{ rule = "{arn}", blue = "{arn}", green = "{arn}" }} }}
}}

resource "terraform_data" "service" {{
  for_each = local.services
  input    = each.value
}}
"#,
        BALANCERS * RULES
    )
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
