//! Real requests through a cut-over: what clients see while `eksmig_target_cutover` hands one target group over.

use std::time::Duration;

use eksmig_tests::lab::Lab;
use eksmig_tests::lab::backend::Manner;
use eksmig_tests::lab::fleet::Fleet;
use eksmig_tests::patience::until;

/// Requests a second.
const RATE: u32 = 500;
/// How long an answer takes: far less than the deregistration delay, which is 1.5 s here.
const SLOW: Duration = Duration::from_millis(500);
/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A side, as HCL: the fleet's backends, which are one address on several ports.
fn side(fleet: &Fleet) -> String {
    let target = |address: std::net::SocketAddr| format!("{{ id = \"{}\", port = {} }}", address.ip(), address.port());
    let targets: Vec<String> = fleet.backends.iter().map(|backend| target(backend.address())).collect();
    format!("{{ targets = [{}] }}", targets.join(", "))
}

fn apply(lab: &Lab, serving: &str) {
    let text = format!(
        "resource \"eksmig_target_cutover\" \"nodes\" {{\n  target_group_arns = [\"{}\"]\n  blue = {}\n  green = {}\n  \
         serving = \"{serving}\"\n  gate = {{ poll_interval = \"1s\" }}\n}}\n",
        lab.blue.group.arn,
        side(&lab.blue),
        side(&lab.green)
    );
    lab.service.stage.workspace.write("main.tf", &text);
    lab.service.stage.workspace.apply().expect_success();
}

fn wait_while_loaded(lab: &Lab, time: Duration) {
    let end = lab.site.journal.now() + time;
    until(LIMIT, "time that goes by", || (lab.site.journal.now() >= end).then_some(()));
}

#[test]
fn nothing_fails_from_blue_to_green_and_back_and_each_side_may_go_once_it_has_drained() {
    let lab = Lab::start("cutover");
    // What is under way when a side is taken out needs this long to be answered.
    for backend in lab.blue.backends.iter().chain(&lab.green.backends) {
        backend.tell_service(Manner::Slow(SLOW));
    }
    let load = lab.load(RATE);
    let began = lab.site.journal.now();
    wait_while_loaded(&lab, Duration::from_secs(1));
    apply(&lab, "green");
    // Blue has drained: whoever still sends to it fails from here on.
    lab.blue.refuse();
    let green_alone = lab.site.journal.now();
    wait_while_loaded(&lab, Duration::from_secs(2));
    let blue_gone = lab.site.journal.now();
    lab.blue.backends.iter().for_each(|backend| backend.accept());
    apply(&lab, "blue");
    lab.green.refuse();
    let blue_alone = lab.site.journal.now();
    wait_while_loaded(&lab, Duration::from_secs(2));
    let ended = lab.site.journal.now();
    let tally = load.stop();
    println!("{} requests, {:?} failed", tally.total().sent, tally.failures());
    assert_eq!(tally.total().failed, 0, "{:?}", tally.failures());
    assert_eq!(tally.within(green_alone, blue_gone).percent(), Some(100.0));
    assert_eq!(tally.within(blue_alone, ended).percent(), Some(0.0));
    let due = (ended - began).as_secs_f64() * f64::from(RATE);
    assert!(tally.total().sent as f64 >= due / 2.0, "{} sent, {due:.0} due", tally.total().sent);
}
