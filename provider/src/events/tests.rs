use std::time::Duration;

use eksmig_core::clock::SteppedClock;
use eksmig_core::engine::gate::Verdict;
use eksmig_core::engine::observer::{Phase, Trouble, Waypoint};
use eksmig_core::engine::outcome::{Outcome, Reason};
use expect_test::expect;

use super::*;

fn events(path: &std::path::Path) -> Events {
    Events::to(Some(path.to_owned()), Arc::new(SteppedClock::new()))
}

fn place(label: &str) -> Waypoint<'_> {
    let green = label.trim_end_matches('%').parse().ok();
    Waypoint { label, green, interval: Duration::from_secs(300) }
}

#[test]
fn every_happening_is_a_line_that_is_read_back() {
    let whose = Whose { run: "r".into(), kind: "eksmig_weighted_shift".into(), id: "blue->green".into() };
    let at = std::time::SystemTime::UNIX_EPOCH + Duration::from_millis(1500);
    let fail = Verdict::Fail("0 of 2 \"healthy\"\nat all".into());
    let stuck = Outcome::Stuck { reason: Reason::Gate("bad".into()), undo: "throttled".into() };
    let mut text = String::new();
    for happening in [
        Happening::Began { origin: place("0%/5%"), steps: &[place("33.3%"), place("100%")] },
        Happening::Entered { phase: Phase::Gating, step: Some(0), at_most: Some(Duration::from_secs(600)) },
        Happening::Entered { phase: Phase::RollingBack, step: None, at_most: None },
        Happening::Judged { gate: "alarm_names", verdict: &fail },
        Happening::Judged { gate: "alarm_names", verdict: &Verdict::Pass },
        Happening::Wrote { step: 0, at: place("33.3%") },
        Happening::WentBack { to: place("0%") },
        Happening::Troubled(Trouble::Moved("it is 77 now")),
        Happening::Troubled(Trouble::Stop),
        Happening::Ended { outcome: &Outcome::Settled, reached: "100%", green: "100".parse().ok() },
        Happening::Ended { outcome: &stuck, reached: "10%", green: None },
    ] {
        let line = Line::of(&whose, at, &happening);
        assert_eq!(Line::read(line.text().trim_end()), Ok(line.clone()));
        assert_eq!(line.text().matches('\n').count(), 1);
        text += line.text().split_once("\"event\":").unwrap().1;
    }
    expect![[r#"
        "began","label":"0%/5%","steps":[{"label":"33.3%","green":33.3,"interval_seconds":300.0},{"label":"100%","green":100.0,"interval_seconds":300.0}]}
        "entered","step":0,"phase":"gating","at_most_seconds":600.0}
        "entered","phase":"rolling_back"}
        "judged","gate":"alarm_names","verdict":"fail","why":"0 of 2 \"healthy\"\nat all"}
        "judged","gate":"alarm_names","verdict":"pass"}
        "wrote","step":0,"label":"33.3%","green":33.3}
        "went_back","label":"0%","green":0.0}
        "troubled","trouble":"moved","why":"it is 77 now"}
        "troubled","trouble":"stop"}
        "ended","label":"100%","green":100.0,"outcome":"settled"}
        "ended","label":"10%","outcome":"stuck","why":"a gate failed: bad; and undoing it failed: throttled"}
    "#]].assert_eq(&text);
    assert_eq!(Line::of(&whose, at, &Happening::Troubled(Trouble::Stop)).at, "1970-01-01T00:00:01.500Z");
}

#[test]
fn what_is_no_line_of_ours_is_refused() {
    for (text, why) in [
        ("{", "EOF"),
        ("{\"v\":1}", "missing field"),
        (r#"{"v":2,"at":"1970-01-01T00:00:01Z","run":"r","type":"t","id":"i","event":"began"}"#, "version 2"),
        (r#"{"v":1,"at":"noon","run":"r","type":"t","id":"i","event":"began"}"#, "no time"),
    ] {
        let refused = Line::read(text).unwrap_err();
        assert!(refused.contains(why), "{refused}");
    }
    let newer = r#"{"v":1,"at":"1970-01-01T00:00:01Z","run":"r","type":"t","id":"i","event":"sang","song":"x"}"#;
    assert!(Line::read(newer).is_ok(), "what is new beside the rest is no other version");
}

#[test]
fn many_writers_do_not_mix_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    let why = Verdict::Fail("x".repeat(3000));
    std::thread::scope(|scope| {
        // Two appenders on one file are as two processes are.
        for events in [events(&path), events(&path)] {
            for nth in 0..8 {
                let observer = events.observer("eksmig_weighted_shift", &nth.to_string()).unwrap();
                let why = &why;
                scope.spawn(move || {
                    for _ in 0..50 {
                        observer.tell(&Happening::Judged { gate: "alarm_names", verdict: why });
                    }
                });
            }
            assert!(events.complaint().into_iter().next().is_none());
        }
    });
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().filter(|line| Line::read(line).is_ok()).count(), 2 * 8 * 50);
    assert_eq!(text.lines().count(), 2 * 8 * 50);
}

#[test]
fn a_file_that_cannot_be_written_is_one_warning_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (path, why) in [
        (folder.path().join("missing/events.jsonl"), "No such file"),
        (folder.path().to_owned(), "no regular file"),
        (pipe, "no regular file"),
    ] {
        let events = events(&path);
        let observer = events.observer("eksmig_weighted_shift", "a").unwrap();
        observer.tell(&Happening::Troubled(Trouble::Stop));
        observer.tell(&Happening::Troubled(Trouble::Stop));
        let warnings: Vec<_> = events.complaint().into_iter().collect();
        assert_eq!(warnings.len(), 1);
        let said = warnings[0].to_string();
        assert!(said.contains(why) && said.contains(VARIABLE) && !warnings[0].is_error(), "{said}");
        assert!(events.complaint().into_iter().next().is_none(), "once");
        assert!(events.open().into_iter().next().is_none(), "once");
    }
}

#[test]
fn without_a_file_nobody_watches() {
    let events = Events::to(None, Arc::new(SteppedClock::new()));
    assert!(events.observer("eksmig_weighted_shift", "a").is_none());
    assert!(events.open().into_iter().next().is_none());
}
