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

const SCENARIOS: [(&str, &str, Scenario, Judge); 2] = [
    ("ramp", "A ramp to green, and back to blue", ramp, nothing_failed),
    ("broken-green", "Green breaks at 50 %, and is rolled back", broken_green, green_alone_failed),
];

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_else(|| "ramp".to_owned());
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
        errors.lines().for_each(|line| println!("  │ {line}"));
    }
    println!(
        "\n▸ {} requests, {} failed, green is at {reached} %. The picture: target/lab-{name}.svg",
        total.sent, total.failed
    );
    for (why, count) in tally.failures() {
        println!("  {count} × {why}");
    }
    played.and_then(|()| judge(&lab, &tally))
}

impl Show {
    fn shift(&self, green_weight: u8) -> Shift {
        self.lab.service.shift(green_weight).ramp("[10, 50]", INTERVAL).gate("")
    }

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
        let shift = self.shift(green_weight);
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
}

fn ramp(show: &mut Show) -> Result<(), String> {
    for green_weight in [100, 0] {
        let run = show.apply(green_weight, |_| ())?;
        expect(run.code == Some(0), &format!("terraform succeeds: {}", run.stdout))?;
    }
    Ok(())
}

fn broken_green(show: &mut Show) -> Result<(), String> {
    let mut broken = false;
    let run = show.apply(100, |show| {
        let at_half = || {
            show.lab
                .site
                .journal
                .asked()
                .last()
                .is_some_and(|(at, percent)| *percent == 50.0 && show.lab.site.journal.now() > *at + CALM / 2)
        };
        if !broken && at_half() {
            broken = true;
            show.lab.note("green breaks: status 500");
            show.lab.green.tell(Manner::Fail(500));
        }
    })?;
    let errors: Vec<String> = run.errors().iter().map(|error| error.text()).collect();
    show.errors = short(&errors.join("\n"));
    expect(broken && run.code == Some(1), "terraform says what is wrong")
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
    let broke = lab.site.journal.time_of("green breaks: status 500", Duration::ZERO).ok_or("green never broke")?;
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

/// Without the parts that all ARNs have in common.
fn short(text: &str) -> String {
    text.replace("arn:aws:elasticloadbalancing:eu-west-1:123456789012:", "…:")
}

fn expect(is: bool, what: &str) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("expected that {what}")) }
}
