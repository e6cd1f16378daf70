//! `eksmig-lab [SCENARIO]`: real requests through a shift that the real terraform makes, with a picture of it.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eksmig_tests::blocking::beside;
use eksmig_tests::emulator::root;
use eksmig_tests::lab::Lab;
use eksmig_tests::lab::backend::Manner;
use eksmig_tests::lab::load::Load;
use eksmig_tests::lab::picture::Picture;
use eksmig_tests::lab::tally::Tally;
use eksmig_tests::lab::timeline;
use eksmig_tests::patience::within;
use eksmig_tests::shift::Shift;
use eksmig_tests::terraform::Run;

/// Requests a second.
const RATE: u32 = 500;
/// The longest that one apply may take.
const LIMIT: Duration = Duration::from_secs(60);
/// What a viewer has the patience for.
const INTERVAL: &str = "4s";
/// How long the load runs before and after.
const CALM: Duration = Duration::from_secs(2);
/// How far a measured share may be from the asked one, in points.
const POINTS: f64 = 2.0;

/// What is noted when green breaks.
const BREAKS: &str = "green breaks: status 500";

/// Set by Ctrl-C.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// A run that is watched.
struct Show {
    lab: Lab,
    load: Load,
    picture: Picture,
    /// What Terraform says is wrong.
    errors: String,
}

type Scenario = fn(&mut Show) -> Result<(), String>;
/// What a scenario has to come to.
type Judge = fn(&Lab, &Tally) -> Result<(), String>;

const SCENARIOS: [(&str, &str, Scenario, Judge); 4] = [
    ("ramp", "A ramp to green, and back to blue", ramp, nothing_failed),
    ("broken-green", "Green breaks at 50 %, and is rolled back", broken_green, green_alone_failed),
    ("green-down", "Green is down, and gets nothing", green_down, green_got_nothing),
    ("both-down", "Blue and green are both down, and the share is held", both_down, held),
];

fn main() -> ExitCode {
    let name = std::env::args().nth(1).filter(|name| !name.is_empty()).unwrap_or_else(|| "ramp".to_owned());
    let Some((name, title, play, judge)) = SCENARIOS.into_iter().find(|(known, ..)| *known == name) else {
        let known: Vec<&str> = SCENARIOS.iter().map(|(name, ..)| *name).collect();
        eprintln!("There is no scenario {name:?}. There are: {}.", known.join(", "));
        return ExitCode::FAILURE;
    };
    beside(async {
        while tokio::signal::ctrl_c().await.is_ok() {
            INTERRUPTED.store(true, Ordering::SeqCst);
        }
    });
    match run(name, title, play, judge) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("\nNot as expected: {what}");
            ExitCode::FAILURE
        }
    }
}

/// A whole run. What it starts has ended when it returns, however it ends.
fn run(name: &str, title: &str, play: Scenario, judge: Judge) -> Result<(), String> {
    println!("\n▸ {title}: {RATE} requests a second through a load balancer, moved by terraform apply.\n");
    let lab = Lab::start("lab");
    review(&lab)?;
    println!("\n▸ terraform apply of that, and the requests that go through meanwhile.\n");
    let load = lab.load(RATE);
    let picture = Picture::start(&lab.site.journal);
    let mut show = Show { lab, load, picture, errors: String::new() };
    let played = show.calm().and_then(|()| play(&mut show)).and_then(|()| show.calm());
    let Show { lab, load, errors, .. } = show;
    let reached = lab.service.percent();
    let tally = load.stop();

    let file = root().join("target").join(format!("lab-{name}.svg"));
    std::fs::write(&file, timeline::draw(title, &lab.site.journal, &tally))
        .map_err(|error| format!("{}: {error}", file.display()))?;
    let total = tally.total();
    if !errors.is_empty() {
        println!("\n▸ What terraform says:\n");
        quote(&errors);
    }
    println!(
        "\n▸ {} requests, {} failed, green is at {reached} %. The picture: target/lab-{name}.svg",
        total.sent, total.failed
    );
    for (why, count) in tally.failures() {
        println!("  {count} × {why}");
    }
    played.and_then(|()| judge(&lab, &tally))?;
    let destroyed = lab.service.stage.workspace.destroy();
    expect(destroyed.code == Some(0), &format!("the resource can be destroyed: {}", destroyed.stdout))?;
    expect(lab.service.percent() == reached, "a destroy moves no traffic")
}

/// Takes the rule over with green at 0, which moves nothing, and shows what a reviewer reads of the way to 100.
fn review(lab: &Lab) -> Result<(), String> {
    let stage = &lab.service.stage;
    quote(&shift(lab, 100).to_string());
    stage.write(&[&shift(lab, 0)]);
    let taken = stage.workspace.apply();
    expect(taken.code == Some(0), &format!("the rule can be taken over: {}", taken.stdout))?;
    stage.write(&[&shift(lab, 100)]);
    let plan = stage.workspace.run(&["plan", "-input=false", "-no-color", "-detailed-exitcode"]);
    expect(plan.code == Some(2), &format!("there is something to plan: {}\n{}", plan.stdout, plan.stderr))?;
    println!("\n▸ terraform plan: what a reviewer reads.\n");
    let begins = plan.stdout.find("  # eksmig_weighted_shift").unwrap_or_default();
    let text = plan.stdout.get(begins..).unwrap_or_default();
    quote(text.split_once("\n\n──").map_or(text, |(text, _)| text));
    Ok(())
}

fn quote(text: &str) {
    short(text).trim_end().lines().for_each(|line| println!("  │ {line}"));
}

/// What is applied.
fn shift(lab: &Lab, green_weight: u8) -> Shift {
    lab.service.shift(green_weight).ramp("[10, 50]", INTERVAL).gate("timeout = \"5s\"")
}

impl Show {
    /// Lets the load run as it is for a while.
    fn calm(&mut self) -> Result<(), String> {
        let until = self.lab.site.journal.now() + CALM;
        self.watch(|show| show.lab.site.journal.now() >= until)
    }

    /// Shows what goes on until something is so.
    fn watch(&mut self, mut over: impl FnMut(&mut Self) -> bool) -> Result<(), String> {
        let ended = within(LIMIT, || {
            self.picture.show(&self.load);
            (over(self) || INTERRUPTED.load(Ordering::SeqCst)).then_some(())
        });
        match ended {
            _ if INTERRUPTED.load(Ordering::SeqCst) => Err("Ctrl-C".to_owned()),
            None => Err(format!("it took longer than {} s", LIMIT.as_secs())),
            Some(()) => Ok(()),
        }
    }

    /// Runs `terraform apply`, and lets something happen meanwhile.
    fn apply(&mut self, green_weight: u8, mut meanwhile: impl FnMut(&Self)) -> Result<Run, String> {
        let shift = shift(&self.lab, green_weight);
        self.lab.service.stage.write(&[&shift]);
        self.lab.note(&format!("terraform apply, green_weight = {green_weight}"));
        let mut running = self.lab.service.stage.workspace.spawn_apply();
        let watched = self.watch(|show| {
            meanwhile(show);
            running.has_ended()
        });
        if watched.is_err() {
            running.interrupt();
        }
        let run = running.wait();
        watched?;
        self.lab.note(if run.code == Some(0) { "applied" } else { "apply failed" });
        Ok(run)
    }

    /// Runs `terraform apply`, lets something happen once it is time, and expects it to fail.
    fn disturbed(&mut self, mut is_time: impl FnMut(&Self) -> bool, disturb: impl Fn(&Self)) -> Result<(), String> {
        let mut done = false;
        let run = self.apply(100, |show| {
            if !done && is_time(show) {
                done = true;
                disturb(show);
            }
        })?;
        let errors: Vec<String> = run.errors().iter().map(|error| error.text()).collect();
        self.errors = short(&errors.join("\n"));
        expect(run.code == Some(1), "terraform fails, and says what is wrong")
    }
}

fn ramp(show: &mut Show) -> Result<(), String> {
    for green_weight in [100, 0] {
        let run = show.apply(green_weight, |_| ())?;
        expect(run.code == Some(0), &format!("terraform succeeds: {}", run.stdout))?;
        let plan = show.lab.service.stage.workspace.plan();
        expect(plan.code == Some(0), &format!("nothing is left to plan: {}", plan.stdout))?;
        show.lab.note("terraform plan: no changes");
        show.calm()?;
    }
    Ok(())
}

fn broken_green(show: &mut Show) -> Result<(), String> {
    show.disturbed(at_half(), |show| {
        show.lab.note(BREAKS);
        show.lab.green.tell(Manner::Fail(500));
    })
}

fn green_down(show: &mut Show) -> Result<(), String> {
    show.lab.note("green's backends go down");
    show.lab.green.refuse();
    show.watch(|show| show.lab.green.all_are(&show.lab.service.stage.world, "unhealthy"))?;
    show.disturbed(|_| false, |_| ())
}

fn both_down(show: &mut Show) -> Result<(), String> {
    // Blue first: as long as green serves, nothing has to go back to blue.
    let mut half = at_half();
    let mut blue_is_down = false;
    show.disturbed(
        move |show| {
            if half(show) && !blue_is_down {
                blue_is_down = true;
                show.lab.note("blue's backends go down");
                show.lab.blue.refuse();
            }
            blue_is_down && show.lab.blue.all_are(&show.lab.service.stage.world, "unhealthy")
        },
        |show| {
            show.lab.note("green's backends go down");
            show.lab.green.refuse();
        },
    )
}

/// Whether 50 % are served, and have been for a moment.
fn at_half() -> impl FnMut(&Show) -> bool {
    |show| {
        let journal = &show.lab.site.journal;
        journal.asked().last().is_some_and(|(at, percent)| *percent == 50.0 && journal.now() > *at + CALM / 2)
    }
}

/// Every step serves its share, and nothing fails.
fn nothing_failed(lab: &Lab, tally: &Tally) -> Result<(), String> {
    let asked = lab.site.journal.asked();
    let steps: Vec<f64> = asked.iter().map(|(_, percent)| *percent).collect();
    expect(
        steps == [0.0, 10.0, 50.0, 100.0, 0.0],
        &format!("the share goes 0, 10, 50, 100, 0, and it went {steps:?}"),
    )?;
    for (place, (from, percent)) in asked.iter().enumerate() {
        let to = asked.get(place + 1).map_or(lab.site.journal.now(), |(next, _)| *next);
        let measured = tally.within(*from, to).percent().unwrap_or_default();
        println!("  asked {percent:3} %, measured {measured:6.2} %");
        expect((measured - percent).abs() <= POINTS, &format!("{percent} % is served, not {measured:.2} %"))?;
    }
    expect(tally.total().failed == 0, "no request fails")
}

/// What fails is what the broken green answers, and the share goes back.
fn green_alone_failed(lab: &Lab, tally: &Tally) -> Result<(), String> {
    expect(lab.service.percent() == 0.0, "the share is back at 0")?;
    let broke = lab.site.journal.time_of(BREAKS, Duration::ZERO).ok_or("green never broke")?;
    let (back, _) = *lab.site.journal.asked().last().ok_or("no share was asked")?;
    expect(back > broke, "the share goes back after green broke")?;
    let time = back - broke;
    let bound = time.as_secs_f64() * f64::from(RATE) * 0.5;
    println!(
        "  Green was broken and served for {:.1} s at 50 %: {} requests failed, of {bound:.0} that it was sent in that time.",
        time.as_secs_f64(),
        tally.total().failed
    );
    let failed = tally.total().failed as f64;
    expect(failed > 0.0 && failed <= bound * 1.1 + 10.0, &format!("between 1 and {bound:.0} requests fail"))?;
    expect(tally.sent_between(back + CALM / 2, lab.site.journal.now()).failed == 0, "nothing fails once it is back")
}

/// No request goes to a green that is down.
fn green_got_nothing(lab: &Lab, tally: &Tally) -> Result<(), String> {
    let total = tally.total();
    expect(lab.service.percent() == 0.0, "the share stays at 0")?;
    expect(total.failed == 0 && total.green == 0, "no request goes to green, and none fails")
}

/// Where nobody can serve, the share stays where it is.
fn held(lab: &Lab, tally: &Tally) -> Result<(), String> {
    expect(lab.service.percent() == 50.0, "the share is held at 50")?;
    expect(tally.failures().keys().eq([&"status 502"]), "what fails is what nobody takes")
}

/// Without the parts that all ARNs have in common.
fn short(text: &str) -> String {
    text.replace("arn:aws:elasticloadbalancing:eu-west-1:123456789012:", "…:")
}

fn expect(is: bool, what: &str) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("expected that {what}")) }
}
