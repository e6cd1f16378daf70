//! What every request passes: the log, the token, the faults, the permissions.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Api;
use super::asked::{Asked, Target};
use super::discovery;
use super::faults::Kind as FaultKind;
use super::log::Entry;
use super::refusal::{Answered, Refusal};
use super::routes::{self, Outcome, Reply};

/// Called with a request that wrote.
type Called = Arc<dyn Fn(&Entry) + Send + Sync>;

/// What somebody wants to do right after a request that wrote, before it is answered.
#[derive(Default)]
pub(super) struct Hook(Option<Called>);

impl fmt::Debug for Hook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Hook").field(&self.0.is_some()).finish()
    }
}

/// The connection breaks off without an answer.
#[derive(Debug)]
pub struct Lost;

impl Api {
    /// Has this called after each request that wrote, before its answer is sent: to kill a client there, for example.
    pub fn after_writes(&self, hook: impl Fn(&Entry) + Send + Sync + 'static) {
        *self.0.hook.lock().unwrap() = Hook(Some(Arc::new(hook)));
    }

    /// Answers a request, a refusal included.
    ///
    /// # Errors
    /// If a fault says that no answer arrives.
    pub async fn answer(&self, asked: Asked) -> Result<Answered<Outcome>, Lost> {
        let target = Target::of(&asked.path, &self.0.kinds);
        let mut entry = self.0.log.arrived(self.entry(&asked, target.as_ref()));
        let fault = self.0.trouble.faults.strike(&entry);
        entry.fault = fault.map(FaultKind::name);
        self.0.log.ended(&entry);
        match fault {
            Some(FaultKind::Reset) => return Err(Lost),
            Some(FaultKind::HoldBefore) => self.0.trouble.holds.hold(entry.number).await,
            _ => {}
        }
        let refusal = fault.and_then(FaultKind::refusal);
        let answered = refusal.map_or_else(|| self.done(target.as_ref(), &asked), Err);
        entry.status = Some(match &answered {
            Ok(Outcome::Whole(reply)) => reply.status,
            Ok(Outcome::Stream(_)) => 200,
            Err(refusal) => refusal.code,
        });
        self.0.log.ended(&entry);
        if entry.writes() && answered.is_ok() {
            let hook = self.0.hook.lock().unwrap().0.clone();
            if let Some(hook) = hook {
                hook(&entry);
            }
        }
        match fault {
            Some(FaultKind::LoseReply) => return Err(Lost),
            Some(FaultKind::HoldAfter) => self.0.trouble.holds.hold(entry.number).await,
            _ => {}
        }
        Ok(answered)
    }

    fn done(&self, target: Option<&Target>, asked: &Asked) -> Answered<Outcome> {
        if self.0.token.is_some() && self.0.token != asked.token && !self.0.guests.admit(asked.token.as_deref()) {
            return Err(Refusal::new(401, "Unauthorized", "Unauthorized"));
        }
        let whole = |body: Value| Ok(Outcome::Whole(Reply::new(200, body)));
        if ["/healthz", "/livez", "/readyz"].contains(&asked.path.as_str()) {
            return whole(json!("ok"));
        }
        if asked.path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" && asked.method == "POST" {
            return Ok(Outcome::Whole(Reply::new(201, self.0.permissions.review(asked)?)));
        }
        let Some(target) = target else {
            let found = discovery::answer(&asked.path, &self.0.kinds, &self.0.version);
            return found.map_or_else(|| Err(Refusal::no_such_path()), whole);
        };
        let (verb, resource) = (target.verb(asked), target.resource());
        if !self.0.permissions.allow(verb, &resource) {
            let name = target.name.as_deref().unwrap_or_default();
            let (group, plural) = (target.kind.group, target.kind.plural);
            let part = target.subresource.as_ref().map_or(String::new(), |part| format!("/{part}"));
            let scope = match &target.namespace {
                Some(namespace) => format!("in the namespace {namespace:?}"),
                None => "at the cluster scope".to_owned(),
            };
            let of =
                if name.is_empty() { target.kind.resource() } else { format!("{} {name:?}", target.kind.resource()) };
            let message = format!(
                "{of} is forbidden: User \"tester\" cannot {verb} resource \"{plural}{part}\" in API group {group:?} {scope}"
            );
            return Err(Refusal::of(403, "Forbidden", &target.kind, name, message));
        }
        self.with(|state| routes::answer(state, target, asked))
    }

    fn entry(&self, asked: &Asked, target: Option<&Target>) -> Entry {
        let text = || Value::String(String::from_utf8_lossy(&asked.body).into_owned());
        let own = |part: &Option<String>| part.clone().unwrap_or_default();
        let path = || asked.path.rsplit('/').next().unwrap_or_default().to_owned();
        Entry {
            number: 0,
            verb: target.map_or(asked.method.to_lowercase(), |target| target.verb(asked).to_owned()),
            resource: target.map_or_else(path, Target::resource),
            namespace: target.map_or_else(String::new, |target| own(&target.namespace)),
            name: target.map_or_else(String::new, |target| own(&target.name)),
            agent: asked.agent.clone(),
            query: asked.query.clone(),
            body: serde_json::from_slice(&asked.body).unwrap_or_else(|_| text()),
            at: self.clock().now(),
            status: None,
            fault: None,
        }
    }
}
