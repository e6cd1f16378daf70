//! Jobs and cron jobs.

use serde_json::{Value, json};

use super::kubelet::RUNS_FOR;
use super::object::{
    condition, is_active, make_pod, name, namespace, owned, place, reference, set_condition, time, unless_gone,
};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::calendar::written;
use crate::kubernetes::api::kind::{CRON_JOB, JOB, POD};
use crate::kubernetes::api::state::{Part, is_going};

const MANAGER: &str = "kube-controller-manager";
/// How long a job's pod runs that does not say so, in seconds.
const USUAL: i64 = 30;

/// Lets all jobs do one step.
pub fn act(api: &Api) {
    // One that is done stays so, also once its pods are gone with their node: they were counted before. (Kubernetes, Jobs:
    // tracking with finalizers.)
    let done = |job: &Value| condition(job, "Complete").is_some_and(|it| it["status"] == "True");
    for job in api.list(&JOB, None).iter().filter(|job| !is_going(job) && !done(job)) {
        let pods = owned(api, &POD, job);
        let phase = |phase: &str| pods.iter().filter(|pod| pod["status"]["phase"] == phase).count();
        let active = pods.iter().filter(|pod| is_active(pod)).count();
        let wanted = job["spec"]["completions"].as_i64().unwrap_or(1);
        let done = i64::try_from(phase("Succeeded")).unwrap();
        let paused = job["spec"]["suspend"] == true;
        let at_once = if paused { 0 } else { job["spec"]["parallelism"].as_i64().unwrap_or(1).min(wanted - done) };
        for _ in i64::try_from(active).unwrap()..at_once {
            make_pod(api, (&JOB, job), &job["spec"]["template"], |pod| {
                if pod["metadata"]["annotations"].get(RUNS_FOR).is_none() {
                    pod["metadata"]["annotations"][RUNS_FOR] = json!(USUAL.to_string());
                }
                // Without this label a job's pods would be no job's to kubectl.
                pod["metadata"]["labels"]["batch.kubernetes.io/job-name"] = json!(name(job));
                pod["spec"]["restartPolicy"] = json!("Never");
            });
        }
        let now = written(api.clock().now());
        let edited = api.edit(&JOB, place(job), Part::Status, MANAGER, |job| {
            job["status"]["active"] = json!(active);
            job["status"]["succeeded"] = json!(done);
            job["status"]["failed"] = json!(phase("Failed"));
            if done >= wanted {
                if job["status"]["completionTime"].is_null() {
                    job["status"]["completionTime"] = json!(now);
                }
                set_condition(job, "Complete", true, "CompletionsReached", &now);
            }
        });
        unless_gone(edited);
    }
}

/// Lets all cron jobs do one step. Of a schedule, only the minute counts: `*` and `*/n`; others never come.
pub fn act_by_schedule(api: &Api) {
    for cron in api.list(&CRON_JOB, None).iter().filter(|cron| !is_going(cron) && cron["spec"]["suspend"] != true) {
        let schedule = cron["spec"]["schedule"].as_str().unwrap_or_default();
        let Some(every) = minutes(schedule) else { continue };
        let slot = api.clock().now() / (every * 60) * every * 60;
        let last = time(&cron["status"]["lastScheduleTime"]).or_else(|| time(&cron["metadata"]["creationTimestamp"]));
        if last.is_some_and(|last| last >= slot) {
            continue;
        }
        let template = &cron["spec"]["jobTemplate"];
        let job = json!({"metadata": {"name": format!("{}-{}", name(cron), slot / 60), "namespace": namespace(cron),
            "labels": labels(template), "ownerReferences": [reference(&CRON_JOB, cron)]}, "spec": template["spec"]});
        unless_gone(api.make(&JOB, job, MANAGER));
        let edited = api.edit(&CRON_JOB, place(cron), Part::Status, MANAGER, |cron| {
            cron["status"]["lastScheduleTime"] = json!(written(slot));
        });
        unless_gone(edited);
    }
}

fn labels(template: &Value) -> Value {
    match &template["metadata"]["labels"] {
        Value::Null => json!({}),
        labels => labels.clone(),
    }
}

fn minutes(schedule: &str) -> Option<i64> {
    match schedule.split_whitespace().next()? {
        "*" => Some(1),
        minute => minute.strip_prefix("*/")?.parse().ok().filter(|every| *every > 0),
    }
}
