//! Many shifts in one apply, held to AWS's own limits: as fast as the bucket for writes allows, and no error.

use std::fmt::Write;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::calls::Call;
use eksmig_tests::ledger::Ledger;
use eksmig_tests::shift::fleet;
use eksmig_tests::stage::Stage;
use eksmig_tests::terraform::Workspace;
use eksmig_tests::world::{World, forward, path};

const BALANCERS: usize = 2;
const RULES: usize = 100;
const SHIFTS: usize = BALANCERS * RULES;

/// The time in which a bucket of 20 that regains 3 a second gives so many tokens.
fn allowed(writes: usize) -> Duration {
    Duration::from_secs_f64((writes - 20) as f64 / 3.0)
}

/// A service for each rule, each with target groups of its own.
fn services(world: &World) -> String {
    let mut services = String::new();
    for balancer in 0..BALANCERS {
        let arn = world.application_balancer(&format!("lb{balancer}"));
        let fallback = world.target_group(&format!("{balancer}-fallback"));
        let listener = world.listener(&arn, ProtocolEnum::Http, 80, vec![forward(&[(&fallback, 1)])]);
        for number in 0..RULES {
            let group = |side| world.target_group(&format!("{balancer}-{number}-{side}"));
            let (blue, green) = (group("blue"), group("green"));
            let priority = i32::try_from(number).unwrap() + 1;
            let sides = vec![forward(&[(&blue, 100), (&green, 0)])];
            let rule = world.rule(&listener, priority, vec![path(&format!("/service-{number}/*"))], sides);
            let (blue, green) = (blue.arn, green.arn);
            writeln!(
                services,
                "    \"{balancer}-{number}\" = {{ rule = {rule:?}, blue = {blue:?}, green = {green:?} }}"
            )
            .unwrap();
        }
    }
    services
}

/// How many of these calls there were in each five seconds after a moment.
fn paces(calls: &[&Call], began: f64) -> Vec<usize> {
    let mut paces = Vec::new();
    for call in calls {
        let slot = ((call.at - began) / 5.0) as usize;
        paces.resize(paces.len().max(slot + 1), 0);
        paces[slot] += 1;
    }
    paces
}

/// What was asked, and by when after the first of these calls.
fn report(what: &str, took: Duration, calls: &[Call]) {
    println!("{what} took {took:.1?}");
    let began = calls[0].at;
    let mut actions: Vec<&str> = calls.iter().map(|call| call.action.as_str()).collect();
    actions.sort_unstable();
    actions.dedup();
    for action in actions {
        let of: Vec<&Call> = calls.iter().filter(|call| call.action == action).collect();
        let refused = of.iter().filter(|call| call.fault.is_some()).count();
        let (first, last) = (of[0].at - began, of.last().unwrap().at - began);
        println!("{action}: {} calls from {first:.1} s to {last:.1} s, {refused} of them refused", of.len());
        println!("    in each five seconds: {:?}", paces(&of, began));
    }
}

#[test]
fn two_hundred_shifts_take_little_longer_than_the_bucket_for_writes() {
    let stage = Stage::with(World::new("buckets"), Workspace::new());
    let services = services(&stage.world);
    stage.workspace.write("main.tf", &fleet(&services, 100));
    stage.world.emulator().keep_buckets(&stage.access_key);
    // The plan asks once for the health of every side that is to rise, which is as many reads as there are shifts.
    let plan = ["plan", "-json", "-input=false", "-parallelism=50", "-out=plan"];
    let planned = stage.workspace.spawn(&plan).wait_for(Duration::from_secs(300)).expect_success();
    report("the plan", planned.took, &stage.calls(0));
    let since = stage.mark();
    let apply = ["apply", "-json", "-input=false", "-parallelism=50", "plan"];
    let run = stage.workspace.spawn(&apply).wait_for(Duration::from_secs(600)).expect_success();
    assert!(run.errors().is_empty(), "{:#?}", run.errors());

    let calls = stage.calls(since);
    report("the apply", run.took, &calls);
    let writes: Vec<Call> = calls.iter().filter(|call| call.writes()).cloned().collect();
    let ledger = Ledger::of(&writes, "none", "none");
    assert_eq!(ledger.writes.len(), SHIFTS);
    let allowed = allowed(SHIFTS);
    let span = Duration::from_secs_f64(writes.last().unwrap().at - writes[0].at);
    println!("{:.1?} in all, {span:.1?} from the first write to the last, {allowed:?} allowed", run.took);
    let refused = writes.iter().filter(|call| !call.succeeded()).count();
    assert!(refused <= SHIFTS / 20, "{refused} writes were refused");
    // The whole command, with Terraform's start and the looks that come before the first write.
    assert!(run.took < allowed.mul_f64(1.15), "took {:?}, allowed {allowed:?}", run.took);
}
