use super::*;

const EVENTS: &str = r#"{"v":1,"at":"2026-01-31T10:00:00.000Z","run":"1","type":"eksmig_weighted_shift","id":"orders<&>\"blue\"","event":"began","label":"0%","green":0.0,"steps":[]}
{"v":1,"at":"2026-01-31T10:00:02.000Z","run":"1","type":"eksmig_weighted_shift","id":"orders","event":"wrote","step":0,"label":"10%","green":10.0}
{"v":1,"at":"2026-01-31T10:00:03.000Z","run":"2","type":"eksmig_target_cutover","id":"nodes","event":"began","label":"blue registered","steps":[]}
{"v":1,"at":"2026-01-31T10:00:08.000Z","run":"1","type":"eksmig_weighted_shift","id":"orders","event":"judged","gate":"alarm_names","verdict":"fail","why":"a \u0007 < b & \"c\""}
{"v":1,"at":"2026-01-31T10:00:09.000Z","run":"1","type":"eksmig_weighted_shift","id":"orders","event":"went_back","label":"0%","green":0.0}
{"v":1,"at":"2026-01-31T10:00:10.000Z","run":"1","type":"eksmig_weighted_shift","id":"orders","event":"ended","label":"0%","green":0.0,"outcome":"rolled_back","why":"a gate failed"}
nonsense
"#;

fn drawn(events: &str) -> Result<(Drawn, String), String> {
    let folder = tempfile::tempdir().unwrap();
    let [from, to] = ["events.jsonl", "out.svg"].map(|name| folder.path().join(name));
    std::fs::write(&from, events).unwrap();
    let drawn = draw(&from, &to)?;
    Ok((drawn, std::fs::read_to_string(to).unwrap()))
}

#[test]
fn runs_are_drawn_with_what_failed_and_what_is_not_known() {
    let (drawn, svg) = drawn(EVENTS).unwrap();
    assert_eq!(drawn, Drawn { runs: 2, unreadable: 1 });
    for text in [
        "2 runs, 2 did not settle, 1 lines",
        "rolled back, 0%",
        "no end told, blue registered",
        "a   &lt; b &amp; &quot;c&quot;",
        "stroke-dasharray",
        "10%",
    ] {
        assert!(svg.contains(text), "{text}: {svg}");
    }
    assert!(svg.contains("orders&lt;&amp;&gt;&quot;blue&quot;") && !svg.contains("orders<"));
}

#[test]
fn what_is_not_drawn_is_said() {
    assert!(drawn("").unwrap_err().contains("no run"));
    assert!(drawn("nonsense\n").unwrap_err().contains("no run"));
    let missing = draw(Path::new("/nowhere/events.jsonl"), Path::new("/nowhere/out.svg")).unwrap_err();
    assert!(missing.contains("/nowhere/events.jsonl cannot be read"), "{missing}");
}
