//! Health checks of real backends, which say what DescribeTargetHealth finds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Empty;
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::watch::Receiver;
use tokio::task::AbortHandle;

use super::health::{Health, State};
use super::journal::{Journal, Kind};
use super::pause::{at_most, pause};
use super::plane::routes::{Check, Routes, Target};
use crate::emulator::Emulator;

/// The shortest time after which an answer is late, however much faster the lab's time goes: a busy machine is no
/// sick one.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the checks know and whom they tell.
#[derive(Debug, Clone)]
pub struct Checks {
    /// Who has to know in the control plane.
    pub emulator: &'static Emulator,
    /// Who has to know in the data plane.
    pub health: Arc<Health>,
    /// Who has to know for the picture.
    pub journal: Arc<Journal>,
    /// How many times faster than in AWS the intervals go by.
    pub factor: f64,
}

/// What one check finds.
enum Found {
    Good,
    Bad(&'static str, String),
}

impl Checks {
    /// Checks the targets of whatever is routed, for as long as somebody says what that is. AWS: a target group that no
    /// route names is not checked.
    pub async fn follow(self, mut routes: Receiver<Arc<Routes>>) {
        let mut running: HashMap<(String, Target, Check), Running> = HashMap::new();
        loop {
            let now = Arc::clone(&routes.borrow_and_update());
            let wanted = |key: &(String, Target, Check)| {
                now.groups.get(&key.0).is_some_and(|group| group.check == key.2 && group.targets.contains(&key.1))
            };
            for (group, target, _) in running.keys().filter(|key| !wanted(key)) {
                self.forget(group, target).await;
            }
            running.retain(|key, _| wanted(key));
            for (arn, group) in &now.groups {
                for target in &group.targets {
                    let key = (arn.clone(), target.clone(), group.check.clone());
                    running.entry(key).or_insert_with(|| {
                        let task = self.clone().check(arn.clone(), target.clone(), group.check.clone());
                        Running(tokio::spawn(task).abort_handle())
                    });
                }
            }
            if routes.changed().await.is_err() {
                return;
            }
        }
    }

    async fn check(self, group: String, target: Target, check: Check) {
        let scaled = |seconds: u32| Duration::from_secs(seconds.into()).div_f64(self.factor);
        let (interval, timeout) = (scaled(check.interval), scaled(check.timeout).max(PATIENCE));
        let mut state = State::Initial;
        self.tell(&group, &target, &state).await;
        let (mut good, mut bad) = (0, 0);
        loop {
            match at_most(timeout, probe(&target, &check)).await {
                _ if !check.enabled => (good, bad) = (good + 1, 0),
                Some(Found::Good) => (good, bad) = (good + 1, 0),
                Some(Found::Bad(code, why)) => {
                    (good, bad) = (0, bad + 1);
                    if bad >= check.unhealthy && !matches!(state, State::Unhealthy(..)) {
                        state = State::Unhealthy(code, why);
                        self.tell(&group, &target, &state).await;
                    }
                }
                None => {
                    (good, bad) = (0, bad + 1);
                    if bad >= check.unhealthy && !matches!(state, State::Unhealthy(..)) {
                        state = State::Unhealthy("Target.Timeout", "Request timed out".to_owned());
                        self.tell(&group, &target, &state).await;
                    }
                }
            }
            // AWS: a new target needs one good check, one that was unhealthy as many as the threshold says.
            let enough = if state == State::Initial { 1 } else { check.healthy };
            if good >= enough && state != State::Healthy {
                state = State::Healthy;
                self.tell(&group, &target, &state).await;
            }
            pause(interval).await;
        }
    }

    async fn tell(&self, group: &str, target: &Target, state: &State) {
        self.health.set(group, target, Some(state.clone()));
        let (word, reason, description) = match state {
            State::Initial => {
                ("initial", Some("Elb.InitialHealthChecking"), Some("Initial health checks in progress".to_owned()))
            }
            State::Healthy => ("healthy", None, None),
            State::Unhealthy(code, why) => ("unhealthy", Some(*code), Some(why.clone())),
        };
        let target = target.authority();
        let said = json!({"target_group_arn": group, "target": target, "state": word, "reason": reason, "description": description});
        self.emulator.asked("POST", "health", &said).await;
        let reason = reason.filter(|_| word == "unhealthy").map(|code| format!(": {code}")).unwrap_or_default();
        self.journal.note(Kind::Health, format!("{} {word}{reason}", short(group)));
    }

    async fn forget(&self, group: &str, target: &Target) {
        self.health.set(group, target, None);
        let said = json!({"target_group_arn": group, "target": target.authority(), "state": null});
        self.emulator.asked("POST", "health", &said).await;
    }
}

/// A check that goes on until this is dropped.
struct Running(AbortHandle);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A target group's name without the name of the world it is in.
fn short(arn: &str) -> &str {
    let name = arn.split('/').nth(1).unwrap_or(arn);
    name.rsplit('-').next().unwrap_or(name)
}

async fn probe(target: &Target, check: &Check) -> Found {
    let port = check.port.parse().unwrap_or(target.port);
    match ask(&target.id, port, check).await {
        Ok(None) => Found::Good,
        Ok(Some(status)) if accepted(&check.codes, status) => Found::Good,
        Ok(Some(status)) => {
            Found::Bad("Target.ResponseCodeMismatch", format!("Health checks failed with these codes: [{status}]"))
        }
        Err(_) => Found::Bad("Target.FailedHealthChecks", "Health checks failed".to_owned()),
    }
}

/// The status of an answer; none where connecting is all that is asked.
async fn ask(address: &str, port: u16, check: &Check) -> Result<Option<u16>, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect((address, port)).await?;
    if !check.protocol.starts_with("HTTP") {
        return Ok(None);
    }
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = Running(tokio::spawn(connection).abort_handle());
    let request = Request::get(&check.path).header("host", address).header("user-agent", "ELB-HealthChecker/2.0");
    let answer = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
    drop(connection);
    Ok(Some(answer.status().as_u16()))
}

/// Whether a status is among codes such as `200`, `200,202` or `200-299`.
fn accepted(codes: &str, status: u16) -> bool {
    let has = |part: &str| match part.trim().split_once('-') {
        Some((from, to)) => from.parse().is_ok_and(|from| status >= from) && to.parse().is_ok_and(|to| status <= to),
        None => part.trim().parse() == Ok(status),
    };
    codes.split(',').any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_numbers_and_ranges() {
        assert!(accepted("200", 200) && !accepted("200", 201));
        assert!(accepted("200,202", 202) && !accepted("200,202", 201));
        assert!(accepted("200-299,404", 250) && accepted("200-299,404", 404) && !accepted("200-299,404", 300));
    }
}
