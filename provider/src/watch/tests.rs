use std::fmt::Write as _;
use std::io::Write as _;

use eksmig_core::clock::{SteppedClock, stamp};
use expect_test::{Expect, expect};

use super::*;

/// A line of a run, so many seconds after the beginning of time.
fn line(second: u64, id: &str, event: &str, rest: &str) -> String {
    let at = stamp(SystemTime::UNIX_EPOCH + Duration::from_secs(second));
    let head =
        format!(r#"{{"v":1,"at":"{at}","run":"{id}","type":"eksmig_weighted_shift","id":"{id}","event":"{event}""#);
    format!("{head}{}{rest}}}", if rest.is_empty() { "" } else { "," })
}

fn run(id: &str) -> Vec<String> {
    let steps = r#""label":"0%","green":0.0,"steps":[{"label":"10%","green":10.0,"interval_seconds":300.0},{"label":"100%","green":100.0,"interval_seconds":300.0}]"#;
    vec![
        line(0, id, "began", steps),
        line(0, id, "entered", r#""phase":"gating","step":0,"at_most_seconds":600.0"#),
        line(1, id, "judged", r#""gate":"min_healthy_targets","verdict":"pass""#),
        line(1, id, "entered", r#""phase":"writing","step":0"#),
        line(2, id, "wrote", r#""step":0,"label":"10%","green":10.0"#),
        line(2, id, "entered", r#""phase":"settling","step":0,"at_most_seconds":60.0"#),
        line(3, id, "entered", r#""phase":"baking","step":0,"at_most_seconds":300.0"#),
    ]
}

fn settled(id: &str) -> String {
    line(600, id, "ended", r#""label":"100%","green":100.0,"outcome":"settled""#)
}

fn taken(lines: &[String]) -> (Runs, Vec<String>) {
    let mut runs = Runs::default();
    let told = lines.iter().filter_map(|line| runs.take(line)).collect();
    (runs, told)
}

fn at(second: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(second)
}

#[track_caller]
fn check(runs: &Runs, now: u64, most: usize, expect: &Expect) {
    let rows = view::rows(runs, at(now), most);
    let mut text = String::new();
    for row in &rows {
        let _ = writeln!(text, "{:?} {} {:>4} {}", row.tone, row.name.trim_end(), row.tenths, row.text);
    }
    expect.assert_eq(&(text + &view::summary(runs, rows.len()) + "\n"));
}

#[test]
fn what_matters_most_comes_first_and_the_rest_is_counted() {
    let mut lines: Vec<String> = ["a", "b", "c", "d"].iter().flat_map(|id| run(id)).collect();
    lines.push(settled("a"));
    lines.push(line(20, "c", "judged", r#""gate":"alarm_names","verdict":"fail","why":"orders-5xx is in ALARM""#));
    lines.push(line(
        21,
        "d",
        "ended",
        r#""label":"0%","green":0.0,"outcome":"rolled_back","why":"a gate failed: \u001b[31mbad""#,
    ));
    let (runs, _) = taken(&lines);
    check(
        &runs,
        63,
        4,
        &expect![[r#"
        Failed d    0    0%  rolled back: a gate failed:  [31mbad
        Troubled c  100   10%  step 1 of 2, bakes, 4m left  alarm_names fail: orders-5xx is in ALARM
        Running b  100   10%  step 1 of 2, bakes, 4m left
        Settled a 1000  100%  settled
        2 under way, 1 settled, 1 rolled back
    "#]],
    );
    check(
        &runs,
        500,
        2,
        &expect![[r#"
        Failed d    0    0%  rolled back: a gate failed:  [31mbad
        Troubled c  100   10%  step 1 of 2, bakes, overdue: is the apply still running?  alarm_names fail: orders-5xx is in ALARM
        2 under way, 1 settled, 1 rolled back, 2 not shown
    "#]],
    );
}

#[test]
fn lines_tell_what_happens() {
    let mut lines = run("orders");
    lines.push(line(20, "orders", "judged", r#""gate":"alarm_names","verdict":"fail","why":"orders-5xx is in ALARM""#));
    lines.push(line(30, "orders", "judged", r#""gate":"alarm_names","verdict":"pass""#));
    lines.push(line(40, "orders", "troubled", r#""trouble":"write_failed","why":"throttled""#));
    lines.push(line(41, "orders", "went_back", r#""label":"0%","green":0.0"#));
    lines.push(line(42, "orders", "ended", r#""label":"0%","outcome":"held","why":"the run was stopped""#));
    lines.push("{".to_owned());
    lines.extend(run("mail"));
    lines.push(line(20, "mail", "judged", r#""gate":"alarm_names","verdict":"fail","why":"mail-5xx is in ALARM""#));
    lines.push(line(21, "mail", "entered", r#""phase":"rolling_back","at_most_seconds":60.0"#));
    lines.push(line(22, "mail", "judged", r#""gate":"alarm_names","verdict":"pass""#));
    let (runs, told) = taken(&lines);
    expect![[r#"
        00:00:00 orders  begins at 0%, to 10%, 100%
        00:00:02 orders  wrote 10%
        00:00:20 orders  gate alarm_names fails: orders-5xx is in ALARM
        00:00:30 orders  gate alarm_names passes again
        00:00:40 orders  a write failed: throttled
        00:00:41 orders  went back to 0%
        00:00:42 orders  held at 0%: the run was stopped
        a line of the file cannot be read: EOF while parsing an object at line 1 column 1
        00:00:00 mail  begins at 0%, to 10%, 100%
        00:00:02 mail  wrote 10%
        00:00:20 mail  gate alarm_names fails: mail-5xx is in ALARM
    "#]]
    .assert_eq(&(told.join("\n") + "\n"));
    assert!(!view::is_well(&runs));
}

#[test]
fn all_is_well_only_where_all_is_known_to_have_settled() {
    let well = |lines: &[String]| view::is_well(&taken(lines).0);
    let done = |id: &str| [run(id), vec![settled(id)]].concat();
    assert!(well(&done("a")) && !well(&[]) && !well(&run("a")));
    assert!(!well(&[done("a"), run("b")].concat()));
    assert!(!well(&[done("a"), vec!["nonsense".to_owned()]].concat()));
}

/// Follows a file on a clock of its own.
async fn followed(text: &str, until_idle: Duration) -> (End, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    std::fs::write(&path, text).unwrap();
    let clock = Arc::new(SteppedClock::new());
    let end = follow(clock.clone(), Tail::of(&path), Some(until_idle), &mut Screen::Plain).await.unwrap();
    (end, clock.passed())
}

#[tokio::test]
async fn a_bake_is_not_idle_and_a_run_that_was_killed_is_not_waited_for_for_ever() {
    let minute = Duration::from_secs(60);
    let soon = line(3, "b", "entered", r#""phase":"gating","step":0,"at_most_seconds":10.0"#);
    let (end, after) = followed(&([run("a"), vec![soon]].concat().join("\n") + "\n"), minute).await;
    // The bake began at 3 s and lasts 300.
    assert_eq!((end, after.as_secs()), (End::Unsettled, 363));
    let text = [run("a"), vec![settled("a")]].concat().join("\n") + "\n";
    let (end, after) = followed(&text, minute).await;
    assert_eq!((end, after.as_secs()), (End::Settled, 660));
    let (end, after) = followed("", minute).await;
    assert_eq!((end, after.as_secs()), (End::Unsettled, 60));
}

#[test]
fn a_file_that_grows_is_read_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    let mut tail = Tail::of(&path);
    let lines = |lines: &[&str]| Ok(New::Lines(lines.iter().map(|&line| line.to_owned()).collect()));
    assert_eq!(tail.read(), Ok(New::NoFile));
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(b"one\ntw").unwrap();
    assert_eq!(tail.read(), lines(&["one"]));
    assert_eq!(tail.read(), lines(&[]));
    file.write_all(b"o\nthree\n").unwrap();
    assert_eq!(tail.read(), lines(&["two", "three"]));
    std::fs::write(&path, "new\n").unwrap();
    assert_eq!(tail.read(), Ok(New::Shortened));
    assert_eq!(tail.read(), lines(&["new"]));
    assert!(Tail::of(folder.path()).read().unwrap_err().contains("no regular file"));
}
