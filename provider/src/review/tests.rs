use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;

/// A shift of a service, at green's share `now`, to go to `then` in steps of five minutes.
fn shift(name: &str, now: u32, then: u32, steps: &[u32]) -> Value {
    let steps: Vec<Value> = steps.iter().map(|step| json!({"green_weight": step, "interval": "5m"})).collect();
    let least = format!("{}m", 5 * steps.len());
    let gate = json!({"min_healthy_targets": 2, "alarm_names": ["orders-5xx"], "http_probe": null});
    json!({
        "address": format!("eksmig_weighted_shift.service[\"{name}\"]"), "mode": "managed", "type": "eksmig_weighted_shift",
        "change": {
            "actions": ["update"],
            "before": {"green_weight": now, "observed_green_weight": now, "status": "settled", "schedule": [],
                       "on_destroy": "keep", "routes": {"a": {}}, "gate": gate},
            "after": {"green_weight": then, "observed_green_weight": then, "status": "settled", "schedule": steps,
                      "minimum_duration": least, "gate": gate},
            "after_unknown": {"routes": {"a": {}}},
        },
    })
}

fn with(mut change: Value, path: &str, value: Value) -> Value {
    let place = path.rsplit_once('/').unwrap();
    change.pointer_mut(place.0).unwrap()[place.1] = value;
    change
}

fn plan(changes: &[Value]) -> Value {
    json!({"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {}, "complete": true, "resource_changes": changes})
}

fn reviewed(plan: &Value, policy: &Policy) -> Reviewed {
    review(&plan.to_string(), policy, Format::Markdown).unwrap()
}

#[track_caller]
fn check(plan: &Value, expect: &Expect) {
    expect.assert_eq(&reviewed(plan, &Policy::default()).text);
}

/// The kinds of findings of a plan with this one change.
fn kinds(change: Value) -> Vec<String> {
    kinds_in(&plan(&[change]))
}

fn kinds_in(plan: &Value) -> Vec<String> {
    let text = review(&plan.to_string(), &Policy::default(), Format::Json).unwrap().text;
    let report: Value = serde_json::from_str(&text).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_plan_is_reviewed() {
    let twin = json!({"address": "module.green.eksmig_target_group_twin.orders", "type": "eksmig_target_group_twin",
        "change": {"actions": ["create"], "before": null, "after": {"source_arn": "a"}, "after_unknown": {"arn": true}}});
    let cutover = json!({"address": "eksmig_target_cutover.nodes", "type": "eksmig_target_cutover", "change": {
        "actions": ["update"],
        "before": {"serving": "blue", "observed_serving": "blue", "status": "settled"},
        "after": {"serving": "green", "minimum_duration": "3m", "gate": null, "schedule": [
            {"side": "green", "registered_percent": 100, "interval": "1m"},
            {"side": "blue", "registered_percent": 50, "interval": "1m"},
            {"side": "blue", "registered_percent": 0, "interval": "1m"}]},
        "after_unknown": {"targets": true}}});
    let first = with(shift("new", 0, 100, &[50, 100]), "/change/actions", json!(["create"]));
    let foreign = json!({"address": "aws_lb.a", "type": "aws_lb", "change": {"actions": ["create"]}});
    let changes = [shift("orders", 0, 100, &[10, 50, 100]), shift("back", 100, 0, &[0]), first, twin, cutover, foreign];
    check(
        &plan(&changes),
        &expect![[r####"
            ### eksmig: 4 resources move traffic

            3 towards green · 1 towards blue · at least 15m · 1 without traffic · 1 of other providers, not reviewed here

            <details open><summary><b>eksmig_target_cutover</b>: 1</summary>

            | | green, now → then | steps | at least | gates |
            |:--|:--|:--|--:|:--|
            | `nodes` | `blue` → `green` | green 100 %, blue 50 %, blue 0 %, each 1m | 3m | `100 % healthy` |

            </details>

            <details open><summary><b>eksmig_target_group_twin</b>: 1</summary>

            | | green, now → then | steps | at least | gates |
            |:--|:--|:--|--:|:--|
            | `module.green.orders` | made |  |  |  |

            </details>

            <details open><summary><b>eksmig_weighted_shift</b>: 3</summary>

            | | green, now → then | steps | at least | gates |
            |:--|:--|:--|--:|:--|
            | `service["back"]` | `██████████` 100 % → `░░░░░░░░░░` 0 % | 0, then 5m | 5m | `2 healthy, alarm orders-5xx` |
            | `service["new"]` | ? → `██████████` 100 % | 50, 100, each 5m | 10m | `2 healthy, alarm orders-5xx` |
            | `service["orders"]` | `░░░░░░░░░░` 0 % → `██████████` 100 % | 10, 50, 100, each 5m | 15m | `2 healthy, alarm orders-5xx` |

            </details>

            <details><summary>Notes</summary>

            - New to Terraform: where the traffic stands is read in the apply, and the steps are reckoned from all on blue. — `eksmig_weighted_shift.service["new"]`

            </details>
        "####]],
    );
}

#[test]
fn what_a_plan_holds_is_warned_of() {
    let calm = || shift("orders", 0, 50, &[10, 50]);
    let none: [&str; 0] = [];
    assert_eq!(kinds(calm()), none);
    for (path, value, kind) in [
        ("/change/before/status", json!("held"), "held"),
        ("/change/before/status", json!("rolled_back"), "rolled_back"),
        ("/change/before/status", json!("undrained"), "undrained"),
        ("/change/before/status", json!("new"), "status"),
        ("/change/before/green_weight", json!(5), "astray"),
        ("/change/after/gate", json!(null), "no_gate"),
        ("/change/after_unknown/gate", json!({"alarm_names": true}), "unknown"),
        ("/change/after_unknown/green_weight", json!(true), "unknown"),
        ("/change/after_unknown/schedule", json!(true), "unknown"),
        ("/change/after/schedule", json!([{"green_weight": 50, "interval": "5m"}]), "jump"),
        ("/change/after/on_failure", json!("hold"), "hold"),
        ("/change/after/drop_idle_target_group", json!(true), "drop_idle"),
        ("/change/after/external_dns", json!("override"), "external_dns"),
        ("/change/after/undeployed_changes", json!("deploy"), "undeployed"),
        ("/change/actions", json!(["dance"]), "unknown_action"),
        ("/type", json!("eksmig_new_thing"), "unknown_type"),
    ] {
        assert_eq!(kinds(with(calm(), path, value)), [kind], "{path}");
    }
    assert_eq!(kinds(with(calm(), "/change/before/observed_green_weight", json!(null))), ["apart"]);
    let unwatched = json!([{"green_weight": 10, "interval": "0s"}, {"green_weight": 50, "interval": "0s"}]);
    assert_eq!(kinds(with(calm(), "/change/after/schedule", unwatched)), ["no_interval"]);
    assert_eq!(kinds(with(calm(), "/change/actions", json!(["delete", "create"]))), ["replace", "first"]);
    let deleted =
        |end: &str| with(with(calm(), "/change/actions", json!(["delete"])), "/change/before/on_destroy", json!(end));
    assert_eq!(kinds(deleted("green")), ["destroy"]);
    assert_eq!(kinds(with(calm(), "/change/actions", json!(["forget"]))), ["forget"]);
}

#[test]
fn the_plan_as_a_whole_is_warned_of() {
    let whole = plan(&[shift("orders", 0, 50, &[10, 50])]);
    let with = |name: &str, value: Value| with(whole.clone(), &format!("/{name}"), value);
    assert_eq!(kinds_in(&with("errored", json!(true))), ["errored"]);
    assert_eq!(kinds_in(&with("complete", json!(false))), ["incomplete"]);
    assert_eq!(kinds_in(&with("deferred_changes", json!([{}]))), ["deferred"]);
    let drift = json!([{"address": "eksmig_weighted_shift.service[\"orders\"]", "type": "eksmig_weighted_shift", "mode": "managed",
        "change": {"actions": ["update"], "before": {"observed_green_weight": 10}, "after": {"observed_green_weight": 40}}}]);
    assert_eq!(kinds_in(&with("resource_drift", drift)), ["drift"]);
    let check = |status: &str, problems: Value| {
        json!([{"address": {"to_display": "check.a"}, "status": status,
        "instances": [{"address": {"to_display": "check.a"}, "status": status, "problems": problems}]}])
    };
    assert_eq!(
        kinds_in(&with("checks", check("fail", json!([{"message": "too hot"}, {"message": "too cold"}])))),
        ["check", "check"]
    );
    assert_eq!(kinds_in(&with("checks", check("error", json!([])))), ["check"]);
    assert_eq!(kinds_in(&with("checks", check("odd", json!([])))), ["check"]);
    assert_eq!(kinds_in(&with("checks", check("unknown", json!([])))), ["check_unknown"]);
    assert_eq!(kinds_in(&with("checks", json!([{"address": {"to_display": "check.a"}, "status": "fail"}]))), ["check"]);
    assert!(reviewed(&with("errored", json!(true)), &Policy::default()).errored);
}

#[test]
fn what_is_no_plan_is_refused() {
    for (text, why) in [
        ("", "nothing to read"),
        ("Error: no such file", "not one JSON document"),
        ("{\"type\":\"version\"}\n{\"type\":\"planned_change\"}", "not one JSON document"),
        ("[]", "no `format_version`"),
        ("{\"format_version\": \"2.0\", \"planned_values\": {}}", "\"2.0\""),
        ("{\"format_version\": \"1.0\", \"values\": {}}", "a state, perhaps"),
        ("{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": 3}]}", "not the known shape"),
    ] {
        let refused = review(text, &Policy::default(), Format::Markdown).unwrap_err().to_string();
        assert!(refused.contains(why) && refused.contains("Nothing was reviewed"), "{refused}");
    }
}

#[test]
fn a_policy_is_held_to_what_can_be_told() {
    let breaches = |change: Value, policy: Policy| {
        let text = review(&plan(&[change]).to_string(), &policy, Format::Json).unwrap().text;
        let report: Value = serde_json::from_str(&text).unwrap();
        report["policy"]["breaches"].as_array().unwrap().len()
    };
    let far = Policy { max_step: Some(250), ..Policy::default() };
    let steep = || shift("a", 0, 100, &[10, 50, 100]);
    assert_eq!(breaches(steep(), far), 1);
    assert_eq!(breaches(shift("a", 0, 100, &[25, 50, 75, 100]), far), 0);
    assert_eq!(breaches(shift("a", 100, 0, &[0]), far), 0, "the way back is free");
    assert_eq!(breaches(steep(), Policy { max_step: Some(500), ..far }), 0);
    assert_eq!(breaches(with(steep(), "/change/after_unknown/schedule", json!(true)), far), 1, "it cannot be told");
    assert_eq!(
        breaches(with(steep(), "/change/before/observed_green_weight", json!(null)), far),
        1,
        "it cannot be told"
    );
    let destroyed =
        |end: &str| with(with(steep(), "/change/actions", json!(["delete"])), "/change/before/on_destroy", json!(end));
    assert_eq!((breaches(destroyed("green"), far), breaches(destroyed("blue"), far)), (1, 0));
    let strict = Policy { fail_on_warning: true, ..Policy::default() };
    assert_eq!(breaches(steep(), strict), 0);
    assert_eq!(breaches(with(steep(), "/change/before/status", json!("held")), strict), 1);
    assert_eq!(breaches(with(steep(), "/change/after/on_failure", json!("hold")), strict), 0, "a note is no warning");
}

#[test]
fn what_others_wrote_means_nothing_to_markdown() {
    let name = "a|b`c\\n<b>@team</b>";
    let text = reviewed(&plan(&[with(shift("x", 0, 50, &[10, 50]), "/address", json!(name))]), &Policy::default()).text;
    let row = text.lines().find(|line| line.contains("@team")).unwrap();
    assert!(row.starts_with("| `` a\\|b`c"), "{row}");
    assert_eq!(row.replace("\\|", "").matches('|').count(), 6, "{row}");
}

#[test]
fn no_secret_of_a_probe_is_shown() {
    let probe = json!({"url": "https://user:hush@green.example.com/health?token=hush", "headers": {"x-key": "hush"}});
    let change = with(shift("a", 0, 50, &[10, 50]), "/change/after/gate/http_probe", probe);
    for format in [Format::Markdown, Format::Json] {
        let text = review(&plan(std::slice::from_ref(&change)).to_string(), &Policy::default(), format).unwrap().text;
        assert!(text.contains("probe green.example.com") && !text.contains("hush"), "{text}");
    }
}

fn many(number: usize) -> Value {
    let changes: Vec<Value> = (0..number)
        .map(|nth| {
            let change = shift(&format!("team-{}/orders-api-{nth:04}", nth % 20), 0, 100, &[1, 10, 50, 100]);
            if nth % 100 == 7 { with(change, "/change/before/status", json!("held")) } else { change }
        })
        .collect();
    plan(&changes)
}

#[test]
fn five_hundred_services_fit_into_a_comment() {
    let text = reviewed(&many(500), &Policy { max_step: Some(250), fail_on_warning: true }).text;
    assert!(text.chars().count() <= LIMIT, "{} characters", text.chars().count());
    let rows = text.lines().filter(|line| line.contains("[\"team-") && line.starts_with('|')).count();
    assert_eq!((rows, text.contains("not shown here**, for")), (500, false));
    assert!(text.contains("<details><summary>"), "so many rows are folded");
}

#[test]
fn what_does_not_fit_is_said_to_be_missing() {
    let text = reviewed(&many(3000), &Policy { max_step: Some(250), fail_on_warning: true }).text;
    assert!(text.chars().count() <= LIMIT, "{} characters", text.chars().count());
    let rows = text.lines().filter(|line| line.contains("[\"team-") && line.starts_with('|')).count();
    assert!(text.contains(&format!("**{} of 3000 changes are not shown here**", 3000 - rows)), "{rows} rows");
    assert!(rows > 400);
    assert!(text.lines().filter(|line| line.starts_with("| ⚠")).count() == 30, "those with warnings come first");
    assert_eq!(text.matches("<details").count(), text.matches("</details>").count());
}

#[test]
fn a_bar_shows_what_is_little_and_what_is_missing() {
    let bar = |percent: &str| super::bar(percent.parse().unwrap(), 5);
    assert_eq!(["0", "0.1", "50", "99.9", "100"].map(bar), ["░░░░░", "█░░░░", "███░░", "████░", "█████"]);
}

#[test]
fn what_is_read_of_a_plan_is_in_the_schemas() {
    use tfplugin::Provider;
    let resources = crate::Eksmig::new().resources();
    for resource in &resources {
        let (kind, schema) = (resource.type_name(), resource.schema());
        assert!(finding::is_known(kind), "{kind} is new: say what a report is to show of it, and list it");
        let has = |name: &str| schema.attributes().iter().any(|attribute| attribute.name() == name);
        let needed: &[&str] = match (has("green_weight"), has("serving")) {
            (true, false) => &["observed_green_weight"],
            (false, true) => &["observed_serving"],
            _ => continue,
        };
        for name in needed.iter().chain(&["schedule", "minimum_duration", "gate", "on_failure", "on_destroy", "status"])
        {
            assert!(has(name), "{kind} has no {name}");
        }
        assert!(has("serving") || ["routes", "records", "stages"].into_iter().any(has), "{kind}");
    }
    let moving = |name: &str| {
        resources
            .iter()
            .filter(|resource| resource.schema().attributes().iter().any(|attribute| attribute.name() == name))
            .count()
    };
    assert_eq!((moving("green_weight"), moving("serving")), (4, 1));
}
