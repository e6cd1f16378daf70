//! Many swaps of one API.

use std::time::Duration;

use eksmig_core::apigateway::port_swap::Swapped;
use eksmig_core::engine::outcome::{Outcome, Reason};
use eksmig_tests::blocking::{beside, wait};
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Fault;
use eksmig_tests::gateway::Gateway;
use eksmig_tests::patience::until;

use crate::run::{Process, Wanted, only, settle};
use crate::together::together;

/// An API of so many services, and a swap for each.
fn services(gateway: &Gateway, count: usize) -> (String, Vec<Wanted>) {
    let uris: Vec<String> = (0..count).map(|nth| format!("http://s{nth}.example:8080/{{proxy}}")).collect();
    let api = gateway.rest_api(&uris.iter().map(String::as_str).collect::<Vec<&str>>(), &[]);
    let swap = |nth| Wanted::rest(&api, "100").routes(&[format!("ANY /r{nth}/{{proxy+}}")]);
    let swaps = (0..count).map(swap).collect();
    (api, swaps)
}

fn run_all(process: &Process, gateway: &Gateway, wanted: &[Wanted]) -> Vec<Swapped> {
    let runs = wanted.iter().map(|wanted| process.run(gateway, wanted));
    wait(together(runs)).into_iter().map(Result::unwrap).collect()
}

#[test]
fn fifty_swaps_of_one_stage_need_three_deployments_at_most() {
    let gateway = Gateway::new("fifty");
    for steps in [vec![], vec!["10", "50"]] {
        let (api, swaps) = services(&gateway, 50);
        let swaps: Vec<Wanted> = swaps.into_iter().map(|swap| swap.ramp(&steps)).collect();
        let process = Process::new(&gateway);
        let since = process.mark();
        for swapped in run_all(&process, &gateway, &swaps) {
            assert_eq!(swapped.report.outcome, Outcome::Settled, "{:#?}", swapped.report.history);
        }
        assert_eq!(gateway.leads_to(&api), only("green"));
        let writes = process.writes(since);
        let count = |name: &str| writes.iter().filter(|write| *write == name).count();
        let (edits, deployments) = (count("UpdateIntegration"), count("CreateDeployment"));
        println!("{steps:?}: {edits} edits, {deployments} deployments, {} changes of the stage", count("UpdateStage"));
        assert_eq!(edits, 50);
        assert!((1..=3).contains(&deployments), "{deployments}");
    }
}

#[test]
fn one_of_two_that_share_a_canary_can_leave_it() {
    let gateway = Gateway::new("leaves");
    let (api, swaps) = services(&gateway, 2);
    let process = Process::new(&gateway);
    let at = |swap: &Wanted, target: &'static str| Wanted { target, ..swap.clone() };
    run_all(&process, &gateway, &[at(&swaps[0], "10"), at(&swaps[1], "10")]);
    let both = |sides: &[&str]| sides.iter().map(|side| (*side).to_owned()).collect::<Vec<_>>();
    assert_eq!(gateway.leads_to(&api), (both(&["blue"]), Some((10.0, both(&["green"])))));
    settle(&process, &gateway, &at(&swaps[0], "0"));
    assert_eq!(gateway.leads_to(&api), (both(&["blue"]), Some((10.0, both(&["blue", "green"])))));
    settle(&process, &gateway, &at(&swaps[1], "100"));
    assert_eq!(gateway.leads_to(&api), (both(&["blue", "green"]), None));
}

#[test]
fn a_canary_is_not_raised_under_one_that_does_not_ask_for_it() {
    let gateway = Gateway::new("waits");
    let (api, swaps) = services(&gateway, 2);
    let process = Process::new(&gateway);
    let at = |swap: &Wanted, target: &'static str| Wanted { target, ..swap.clone() };
    run_all(&process, &gateway, &[at(&swaps[0], "10"), at(&swaps[1], "10")]);
    let before = gateway.leads_to(&api);
    for target in ["50", "100"] {
        let hasty = Wanted { patience: Duration::from_secs(10), ..at(&swaps[0], target) };
        let swapped = wait(process.run(&gateway, &hasty)).unwrap();
        let Outcome::RolledBack(Reason::Write(why)) = &swapped.report.outcome else { panic!("{:#?}", swapped.report) };
        assert!(why.contains("asks for nothing in this run"), "{why}");
        assert_eq!(gateway.leads_to(&api), before, "the other is left alone");
    }
}

#[test]
fn an_instant_swap_waits_for_the_canary_of_others_to_end() {
    let gateway = Gateway::new("instwait");
    let (api, swaps) = services(&gateway, 2);
    let process = Process::new(&gateway);
    let slow = Wanted { interval: Duration::from_secs(20), ..swaps[0].clone().ramp(&["10"]) };
    let instant = async {
        while gateway.leads_to_now(&api).await.1.is_none() {
            process.clock.sleep(Duration::from_millis(500)).await;
        }
        process.run(&gateway, &swaps[1]).await
    };
    let (slow, instant) = wait(async { tokio::join!(process.run(&gateway, &slow), instant) });
    assert_eq!(slow.unwrap().report.outcome, Outcome::Settled);
    assert_eq!(instant.unwrap().report.outcome, Outcome::Settled);
    assert_eq!(gateway.leads_to(&api), only("green"));
}

#[test]
fn one_of_two_that_share_a_deployment_goes_back_alone() {
    let gateway = Gateway::new("alone");
    let (api, swaps) = services(&gateway, 2);
    let process = Process::new(&gateway);
    let watched = Wanted { interval: Duration::from_secs(60), ..swaps[0].clone() };
    let break_green = async {
        while gateway.leads_to_now(&api).await != only("green") {
            process.clock.sleep(Duration::from_millis(200)).await;
        }
        process.clock.sleep(Duration::from_secs(5)).await;
        gateway.world.set_health_now(&gateway.groups.1, "unhealthy").await;
    };
    let runs = async { tokio::join!(process.run(&gateway, &watched), process.run(&gateway, &swaps[1]), break_green) };
    let (watched, other, ()) = wait(runs);
    let (watched, other) = (watched.unwrap().report, other.unwrap().report);
    assert!(matches!(watched.outcome, Outcome::RolledBack(_)), "{watched:#?}");
    assert_eq!(other.outcome, Outcome::Settled, "{other:#?}");
    let sides = ["ANY /r0/{proxy+}", "ANY /r1/{proxy+}"].map(|route| gateway.served_side(&api, route));
    assert_eq!(sides, ["blue", "green"]);
}

#[test]
fn edits_that_a_killed_process_left_are_no_strangers_to_those_who_made_them() {
    let gateway: &'static Gateway = Box::leak(Box::new(Gateway::new("leftover")));
    let (api, swaps) = services(gateway, 3);
    for nth in 0..3 {
        gateway.edit(&api, &format!("/r{nth}/{{proxy+}}"), "/uri", &format!("http://s{nth}.example:9090/{{proxy}}"));
    }
    let alone = wait(Process::named(gateway, "ALONE").run(gateway, &swaps[0])).unwrap().report;
    assert!(
        matches!(&alone.outcome, Outcome::RolledBack(Reason::Write(why)) if why.contains("ANY /r1/{proxy+}: uri")),
        "{alone:#?}"
    );
    for swapped in run_all(&Process::named(gateway, "ALL"), gateway, &swaps) {
        assert_eq!(swapped.report.outcome, Outcome::Settled, "{:#?}", swapped.report);
    }
    assert_eq!(gateway.leads_to(&api), only("green"));
}

#[test]
fn half_of_a_swap_that_failed_is_not_shipped_with_another() {
    let gateway = Gateway::new("half");
    let (api, swaps) = services(&gateway, 4);
    let process = Process::new(&gateway);
    let routes: Vec<String> = swaps[..3].iter().flat_map(|swap| swap.routes.clone()).collect();
    let many = swaps[0].clone().routes(&routes);
    // Its second edit or its third, whichever swap comes first.
    Emulator::shared().order(&Fault::unavailable(&process.access_key, "UpdateIntegration").after(2).times(3));
    let runs = run_all(&process, &gateway, &[many, swaps[3].clone()]);
    assert!(matches!(runs[0].report.outcome, Outcome::RolledBack(_)), "{:#?}", runs[0].report);
    assert_eq!(runs[1].report.outcome, Outcome::Settled, "{:#?}", runs[1].report);
    let deployments = process.writes(0).into_iter().filter(|write| write == "CreateDeployment").count();
    assert_eq!(deployments, 1, "none to take back what should not have been shipped");
    for route in &routes {
        assert_eq!(gateway.served_side(&api, route), "blue");
    }
    assert_eq!(gateway.served_side(&api, "ANY /r3/{proxy+}"), "green");
}

#[test]
fn fifty_swaps_ten_at_a_time_need_two_deployments_a_wave_at_most() {
    let gateway = Gateway::new("waves");
    let (api, swaps) = services(&gateway, 50);
    let process = Process::new(&gateway);
    let places = tokio::sync::Semaphore::new(10);
    let runs = swaps.iter().map(async |swap| {
        let _place = places.acquire().await.unwrap();
        process.run(&gateway, swap).await.unwrap().report.outcome
    });
    let outcomes = wait(together(runs));
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Settled), "{outcomes:#?}");
    assert_eq!(gateway.leads_to(&api), only("green"));
    let deployments = process.writes(0).into_iter().filter(|write| write == "CreateDeployment").count();
    println!("{deployments} deployments, {} calls", process.calls().len());
    assert!((1..=10).contains(&deployments), "{deployments}");
}

#[test]
fn a_deployment_carries_no_more_swaps_than_its_description_can_name() {
    const MOST: usize = 100;
    let gateway: &'static Gateway = Box::leak(Box::new(Gateway::new("many")));
    let (api, swaps) = services(gateway, MOST + 20);
    let process = Process::new(gateway);
    // While the first is being deployed, all others come together.
    Emulator::shared().order(&Fault::delay(&process.access_key, "CreateDeployment", 6_000));
    let first = beside({
        let (process, wanted) = (process.clone(), swaps[0].clone());
        async move { process.run(gateway, &wanted).await.unwrap() }
    });
    until(Duration::from_secs(30), "the first deployment", || (process.writes_begun() > 1).then_some(()));
    let others = run_all(&process, gateway, &swaps[1..]);
    for swapped in others.into_iter().chain([wait(first).unwrap()]) {
        assert_eq!(swapped.report.outcome, Outcome::Settled, "{:#?}", swapped.report);
    }
    assert_eq!(gateway.leads_to(&api), only("green"));
    let deployments = process.calls().into_iter().filter(|call| call.action == "CreateDeployment" && call.succeeded());
    let descriptions = deployments.map(|call| {
        let body: serde_json::Value = serde_json::from_str(call.parameter("body").unwrap()).unwrap();
        body["description"].as_str().unwrap().to_owned()
    });
    let carried: Vec<usize> = descriptions
        .map(|text| {
            assert!(text.len() <= 1024, "{} characters: {text}", text.len());
            text.split_once(": ").unwrap().1.split(' ').count()
        })
        .collect();
    println!("{carried:?}");
    assert_eq!(carried.iter().sum::<usize>(), MOST + 20, "{carried:?}");
    assert!(carried.iter().all(|count| *count <= MOST), "{carried:?}");
}
