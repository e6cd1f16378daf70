//! The AWS emulator: one process for all tests of a binary, which keep apart by access key and by names.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::blocking::wait;
use crate::calls::Call;

static SHARED: OnceLock<Emulator> = OnceLock::new();

/// A running emulator. It ends with the process that started it.
#[derive(Debug)]
pub struct Emulator {
    port: u16,
    // Its standard input is the leash: when it closes, the emulator ends.
    process: Child,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Emulator {
    /// The emulator that the tests of this binary share.
    pub fn shared() -> &'static Self {
        SHARED.get_or_init(Self::start)
    }

    /// Starts an emulator of one's own.
    pub fn start() -> Self {
        let python = root().join(".venv/bin/python");
        assert!(
            python.exists(),
            "the emulator's virtual environment is missing: run `make .venv` in the project's root"
        );
        let mut process = Command::new(python)
            .arg(root().join("tests/emulator/launcher.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C is for whoever started it, who may still need it.
            .process_group(0)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("the emulator did not start: {line:?}"));
        let port = said["port"].as_u64().unwrap().try_into().unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { port, process, client }
    }

    /// Where the emulator listens.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The emulator's process, for measuring it.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The calls that came with this access key, in order, after call number `since`.
    pub fn calls(&self, access_key: &str, since: u64) -> Vec<Call> {
        let mut answer = self.control("GET", &format!("calls?access_key={access_key}&since={since}"), &Value::Null);
        serde_json::from_value(answer["calls"].take()).unwrap()
    }

    /// The actions in IAM that the calls with this access key needed so far.
    pub fn actions(&self, access_key: &str) -> BTreeSet<String> {
        let mut answer = self.control("GET", &format!("actions?access_key={access_key}"), &Value::Null);
        serde_json::from_value(answer["actions"].take()).unwrap()
    }

    /// Sets what health checks find: of one target, or of all of a target group.
    pub fn set_health(&self, target_group: &str, target: Option<&str>, state: &str) {
        self.control("POST", "health", &json!({"target_group_arn": target_group, "target": target, "state": state}));
    }

    /// Sets what health checks find for all targets of a target group, with AWS's code for why and its words.
    pub fn set_health_because(&self, target_group: &str, state: &str, reason: &str, description: &str) {
        let body = json!({"target_group_arn": target_group, "target": null, "state": state, "reason": reason,
                          "description": description});
        self.control("POST", "health", &body);
    }

    /// Sets what health checks find: `state` for as many looks as `polls`, `then` afterwards.
    pub fn set_health_for(&self, target_group: &str, state: &str, polls: u32, then: &str) {
        let body = json!({"target_group_arn": target_group, "state": state, "polls": polls, "then": then});
        self.control("POST", "health", &body);
    }

    /// Sets the status of a VPC link, of either version.
    pub fn set_vpc_link(&self, region: &str, id: &str, status: &str) {
        self.control("POST", "vpc_link", &json!({"region": region, "id": id, "status": status}));
    }

    /// Makes a cluster in EKS, whose API server is at this URL, vouched for by this certificate in PEM.
    pub fn make_cluster(&self, region: &str, name: &str, url: &str, authority: &str) {
        let body = json!({"region": region, "name": name, "url": url, "authority": authority});
        self.control("POST", "cluster", &body);
    }

    /// Allows an access key these actions, by their names in IAM, and no others.
    pub fn permit(&self, access_key: &str, actions: &BTreeSet<String>) {
        self.control("POST", "permissions", &json!({"access_key": access_key, "actions": actions}));
    }

    /// Sets in how many of its eight regions a health check of Route 53's fails.
    pub fn fail_health_check(&self, id: &str, unhealthy_regions: u8) {
        self.control("POST", "health_check", &json!({"id": id, "unhealthy_regions": unhealthy_regions}));
    }

    /// Sets how the changes of a hosted zone spread: PENDING for so many looks at them by GetChange, and for so long.
    pub fn spread_changes(&self, zone: &str, polls: u32, time: Duration) {
        let body = json!({"zone": zone, "polls": polls, "milliseconds": time.as_millis()});
        self.control("POST", "dns_propagation", &body);
    }

    /// Makes the pages that this access key gets no longer than `limit` items.
    pub fn limit_pages(&self, access_key: &str, limit: u32) {
        self.control("POST", "page_limit", &json!({"access_key": access_key, "limit": limit}));
    }

    /// The OIDC client secret that AWS keeps for a listener or a rule, and returns by no call.
    pub fn oidc_secret(&self, arn: &str) -> Option<String> {
        self.control("GET", &format!("oidc_secret?arn={arn}"), &Value::Null)["secret"].as_str().map(str::to_owned)
    }

    /// The VPC and two subnets that every account has in a region.
    pub fn network(&self, region: &str) -> (String, Vec<String>) {
        let found = self.control("GET", &format!("network?region={region}"), &Value::Null);
        (found["vpc"].as_str().unwrap().to_owned(), serde_json::from_value(found["subnets"].clone()).unwrap())
    }

    /// What a control endpoint answers, waited for.
    pub(crate) fn control(&self, method: &str, what: &str, body: &Value) -> Value {
        wait(self.asked(method, what, body))
    }

    /// What a control endpoint answers.
    pub(crate) async fn asked(&self, method: &str, what: &str, body: &Value) -> Value {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}/_ctl/{what}", self.endpoint()))
            .body(Full::new(body))
            .unwrap();
        let answer = self.client.request(request).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "{method} {what}: {status} {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
    }
}

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
