//! `make demo`: a ramp and the way back, on a load balancer in an emulator, with the live weights beside each step.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::blocking::wait;
use eksmig_tests::patience::{Watch, within};
use eksmig_tests::service::Service;
use eksmig_tests::stage::Stage;
use eksmig_tests::terraform::{Run, Workspace};
use eksmig_tests::world::{World, forward, path};

/// What a viewer has the patience for.
const INTERVAL: Duration = Duration::from_secs(4);
/// The longest that one apply may take.
const LIMIT: Duration = Duration::from_secs(60);
/// How wide a bar is.
const WIDTH: usize = 40;

/// Set by Ctrl-C.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Weights that were seen, and when.
type Seen = (Duration, f64);

fn main() -> ExitCode {
    std::thread::spawn(|| {
        while wait(tokio::signal::ctrl_c()).is_ok() {
            INTERRUPTED.store(true, Ordering::SeqCst);
        }
    });
    match show() {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("\nThe demo ends here: {what}");
            ExitCode::FAILURE
        }
    }
}

/// The whole demo. What it makes is gone when it returns, however it ends.
fn show() -> Result<(), String> {
    scene("An AWS emulator, with a load balancer, a rule, and two target groups: blue serves, green waits.")?;
    let service = service();
    let workspace = &service.stage.workspace;
    let before = service.stage.world.route(&service.rule).without_weights();
    let shift = |green_weight: u8| {
        let interval = format!("{}s", INTERVAL.as_secs());
        let gate = "gate = {\n    min_healthy_targets = 2\n    poll_interval       = \"1s\"\n  }";
        service.shift(green_weight).ramp("[10, 50]", &interval).with(gate)
    };
    print!("{}", indented(&shift(0).to_string()));
    ended(&workspace.run(&["init", "-input=false", "-no-color"]), 0)?;

    scene("terraform apply, green_weight = 0: the resource takes the rule over, and moves nothing.")?;
    service.stage.write(&[&shift(0)]);
    travel(&service, &["apply", "-input=false", "-no-color", "-auto-approve"], &[0.0])?;
    unchanged(&service)?;

    scene("terraform plan, green_weight = 100: what a reviewer reads.")?;
    service.stage.write(&[&shift(100)]);
    let plan = workspace.run(&["plan", "-input=false", "-no-color", "-out=plan", "-detailed-exitcode"]);
    ended(&plan, 2)?;
    print!("{}", indented(from_to(&plan.stdout, "  # eksmig_weighted_shift", "\n\n──")));

    scene("terraform apply of that plan. Beside it the weights that AWS has, read by the demo's own calls.")?;
    let seen = travel(&service, &["apply", "-input=false", "-no-color", "plan"], &[0.0, 10.0, 50.0, 100.0])?;
    expect("every step bakes for its interval", baked(&seen))?;
    unchanged(&service)?;

    scene("terraform apply, green_weight = 0: the way back is one step, and waits for blue's health alone.")?;
    service.stage.write(&[&shift(0)]);
    travel(&service, &["apply", "-input=false", "-no-color", "-auto-approve"], &[100.0, 0.0])?;
    unchanged(&service)?;

    scene("terraform destroy: the resource goes, and the traffic stays where it is.")?;
    travel(&service, &["destroy", "-input=false", "-no-color", "-auto-approve"], &[0.0])?;
    let after = service.stage.world.route(&service.rule).without_weights();
    expect("all of the rule but its weights comes out as it went in", after == before)?;

    scene(
        "All as expected: the steps and their order, their pauses, an empty plan after every apply, the rule's rest.",
    )?;
    println!("  Next: docs/guides/first-shift.md, for a load balancer of your own.");
    Ok(())
}

/// A service behind a rule, and a workspace that gets the provider as users do, by `terraform init`.
fn service() -> Service {
    let stage = Stage::with(World::new("demo"), Workspace::with_mirror(env!("CARGO_PKG_VERSION")));
    let world = &stage.world;
    let (blue, green) = (world.target_group("blue"), world.target_group("green"));
    let balancer = world.application_balancer("lb");
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1)])]);
    let weights = vec![forward(&[(&blue, 100), (&green, 0)])];
    let rule = world.rule(&listener, 10, vec![path("/orders/*")], weights);
    Service { stage, balancer, listener, rule, blue, green }
}

/// Begins the next part, unless the viewer wants to end.
fn scene(title: &str) -> Result<(), String> {
    if INTERRUPTED.load(Ordering::SeqCst) {
        return Err("Ctrl-C".to_owned());
    }
    println!("\n▸ {title}\n");
    Ok(())
}

/// Text for a viewer: set in, and without the part that all ARNs have in common.
fn indented(text: &str) -> String {
    let text = text.replace("arn:aws:elasticloadbalancing:eu-west-1:123456789012:", "…:");
    text.trim_end().lines().map(|line| format!("  {line}").trim_end().to_owned() + "\n").collect()
}

/// The part of a text from the line that starts with one text up to another text.
fn from_to<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from =
        text.split_once(&format!("\n{start}")).map_or(text, |(_, rest)| &text[text.len() - rest.len() - start.len()..]);
    from.split_once(end).map_or(from, |(part, _)| part)
}

/// Runs a command of Terraform's, shows the weights while it runs, and expects them in this order.
fn travel(service: &Service, command: &[&str], expected: &[f64]) -> Result<Vec<Seen>, String> {
    let watch = Watch::start();
    let mut running = service.stage.workspace.spawn(command);
    let mut seen: Vec<Seen> = Vec::new();
    let mut stopping = false;
    let ended = within(LIMIT, || {
        look(service, watch, &mut seen, expected.len());
        if !stopping && INTERRUPTED.load(Ordering::SeqCst) {
            stopping = true;
            println!("\n  Ctrl-C: Terraform is told to stop.");
            running.interrupt();
        }
        running.has_ended().then_some(())
    });
    if ended.is_none() {
        running.interrupt();
    }
    look(service, watch, &mut seen, expected.len());
    let run = running.wait();
    println!("  {}", verdict(&run));
    let percents: Vec<f64> = seen.iter().map(|(_, percent)| *percent).collect();
    self::ended(&run, 0)?;
    expect(
        &format!("the weights went through {expected:?}, and they went through {percents:?}"),
        percents == expected,
    )?;
    Ok(seen)
}

/// Reads the weights, and shows them if they are new. `count` is how many are to come in all, the first one included.
fn look(service: &Service, watch: Watch, seen: &mut Vec<Seen>, count: usize) {
    let percent = service.percent();
    if seen.last().is_none_or(|(_, last)| *last != percent) {
        let step = if seen.is_empty() { String::new() } else { format!("step {} of {}", seen.len(), count - 1) };
        seen.push((watch.passed(), percent));
        println!("{}", format!("  {}  {step}", bar(watch.passed(), percent)).trim_end());
    }
}

fn bar(at: Duration, percent: f64) -> String {
    let green = (percent / 100.0 * WIDTH as f64).round() as usize;
    let bar = "█".repeat(green) + &"░".repeat(WIDTH - green);
    format!("{:5.1} s  {bar}  green {percent:3}  blue {:3}", at.as_secs_f64(), 100.0 - percent)
}

/// What Terraform said last of how it went.
fn verdict(run: &Run) -> String {
    let line = run.stdout.lines().rev().find(|line| line.contains("complete!"));
    let line = line.map_or("It did not complete.", |line| line.trim_end_matches('.'));
    format!("{line} ({:.1} s)", run.took.as_secs_f64())
}

/// Whether each step but the last was left alone for its interval. The weights are looked at, so a little may be missing.
fn baked(seen: &[Seen]) -> bool {
    let steps = seen.get(1..).unwrap_or_default();
    steps.windows(2).all(|pair| pair[1].0 - pair[0].0 > INTERVAL - Duration::from_millis(500))
}

/// A plan right after an apply is empty.
fn unchanged(service: &Service) -> Result<(), String> {
    let plan = service.stage.workspace.run(&["plan", "-input=false", "-no-color", "-detailed-exitcode"]);
    println!(
        "  {}",
        plan.stdout.lines().find(|line| line.starts_with("No changes")).unwrap_or("The plan has changes.")
    );
    ended(&plan, 0)
}

fn ended(run: &Run, code: i32) -> Result<(), String> {
    if run.code == Some(code) {
        return Ok(());
    }
    Err(format!("terraform ended with {:?}, not {code}:\n{}\n{}", run.code, run.stdout, run.stderr))
}

fn expect(what: &str, is: bool) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("expected that {what}")) }
}
