//! Fifty services on three load balancers with 120 rules, from a Swarm to EKS by the story of `examples/migrations/`: four
//! applies and no other tool, under a load of which nothing fails.

use std::path::Path;
use std::time::Duration;

use eksmig_tests::emulator::root;
use eksmig_tests::lab::estate::Estate;
use eksmig_tests::story::Story;

const BALANCERS: usize = 3;
const SERVICES: usize = 50;
const RULES: usize = 120;
/// Requests a second over all rules.
const RATE: u32 = 120;
/// How long one apply may take: the provider makes three writes a second, and the longest makes two of each rule, with
/// one step for the whole way. That bound is the run's, too: it takes a little over three minutes.
const LIMIT: Duration = Duration::from_secs(300);

/// Plans a pull request, applies that plan, and says what the plan ended with.
#[track_caller]
fn apply(estate: &Estate, file: &Path) -> String {
    let option = format!("-var-file={}", file.display());
    let (workspace, journal) = (&estate.stage.workspace, &estate.site.journal);
    let began = journal.now();
    let plan = workspace.run(&["plan", "-no-color", "-input=false", "-out=plan", &option]).expect_success();
    let planned = journal.now();
    workspace.spawn(&["apply", "-json", "-input=false", "plan"]).wait_for(LIMIT).expect_success();
    let name = file.file_stem().unwrap().to_string_lossy();
    println!(
        "{name}: a plan of {} lines in {:.0} s, applied in {:.0} s",
        plan.stdout.lines().count(),
        (planned - began).as_secs_f64(),
        (journal.now() - planned).as_secs_f64()
    );
    // For whoever wants to read them.
    let folder = root().join("target/lab-swarm");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.txt")), &plan.stdout).unwrap();
    plan.stdout.lines().filter(|line| line.starts_with("Plan: ")).collect()
}

#[test]
fn fifty_services_move_by_four_applies_and_no_request_fails() {
    let mut estate = Estate::open("swarm50", BALANCERS, SERVICES, RULES);
    let load = estate.load(RATE);
    let began = estate.site.journal.now();
    let place = format!(
        "load_balancer_names = {:?}\nalarms = []\nsteps = null\ninterval = \"1s\"\nmin_healthy_targets = 1\n\
         poll_interval = \"1s\"\n",
        estate.balancers
    );
    let files = Story::lay("swarm-to-eks", &estate.stage, &place).pull_requests;

    assert_eq!(apply(&estate, &files[0]), "");
    assert_eq!(apply(&estate, &files[1]), format!("Plan: {SERVICES} to add, 0 to change, 0 to destroy."));
    estate.bind();
    assert_eq!(estate.unbound(), [""; 0]);
    assert_eq!(apply(&estate, &files[2]), format!("Plan: {SERVICES} to add, 0 to change, 0 to destroy."));
    assert_eq!(apply(&estate, &files[3]), format!("Plan: 0 to add, {SERVICES} to change, 0 to destroy."));

    let option = format!("-var-file={}", files[3].display());
    let run = estate.stage.workspace.run(&["plan", "-json", "-input=false", "-detailed-exitcode", &option]);
    assert_eq!(run.code, Some(0), "a plan after the fourth apply should be empty: {run:#?}");
    let now = estate.stage.workspace.values("data.eksmig_routes.now");
    let groups = now["target_groups"].as_object().unwrap();
    assert_eq!((groups.len(), now["routes"].as_object().unwrap().len()), (SERVICES, RULES + BALANCERS));
    let left: Vec<&String> =
        groups.iter().filter(|(_, group)| group["deletable"] != true).map(|(name, _)| name).collect();
    assert!(left.is_empty(), "blue is still pointed at: {left:?}");

    // Whoever still sends to blue fails from here on.
    estate.site.plane.catch_up();
    estate.refuse_blue();
    assert_eq!(estate.astray("green"), [""; 0]);
    let ended = estate.site.journal.now();
    let tally = load.stop();
    println!(
        "{} requests in {:.0} s, {:?} failed",
        tally.total().sent,
        (ended - began).as_secs_f64(),
        tally.failures()
    );
    assert_eq!(tally.total().failed, 0, "{:?}", tally.failures());
    let due = (ended - began).as_secs_f64() * f64::from(RATE);
    assert!(tally.total().sent as f64 >= due / 2.0, "{} sent, {due:.0} due", tally.total().sent);
}
