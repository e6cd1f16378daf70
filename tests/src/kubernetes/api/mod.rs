//! The core of the API: objects, and Kubernetes's rules for reading and writing them. Nothing here acts by itself.
//!
//! | module | what it holds |
//! |---|---|
//! | `kind`, `schema` | the kinds; their fields, and how these merge |
//! | `store`, `state`, `parts` | objects and their changes; writing them by the rules, part by part |
//! | `admission`, `defaults`, `quantity` | what is let in, what is filled in, amounts of resources |
//! | `patch`, `owners`, `leaves`, `scale` | patches; server-side apply, and the owners it goes by; `/scale` |
//! | `deletion`, `eviction` | deleting with grace and finalizers; evicting within the budgets |
//! | `listing`, `watching`, `select` | lists in pages, watches, selectors |
//! | `asked`, `routes`, `discovery`, `reviews`, `refusal` | requests, what is done for them, and what is said |
//! | `front`, `guests`, `faults`, `log`, `serve` | tokens, faults and the log; TLS and HTTP |
//! | `calendar` | the virtual clock |

pub mod admission;
pub mod asked;
pub mod calendar;
pub mod defaults;
pub mod deletion;
pub mod discovery;
pub mod eviction;
pub mod faults;
pub mod front;
pub mod guests;
pub mod kind;
pub mod leaves;
pub mod listing;
pub mod log;
pub mod owners;
pub mod parts;
pub mod patch;
pub mod quantity;
pub mod refusal;
pub mod reviews;
pub mod routes;
pub mod scale;
pub mod schema;
pub mod select;
pub mod serve;
pub mod state;
pub mod store;
pub mod watching;

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::sync::watch;

use self::calendar::VirtualClock;
use self::faults::{Faults, Holds, Trouble};
use self::front::Hook;
use self::guests::Guests;
use self::kind::{Kind, NAMESPACE};
use self::log::Log;
use self::refusal::Answered;
use self::reviews::Permissions;
use self::state::{Manner, Part, State};
use self::store::Store;

/// What watches listen for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Signal {
    version: u64,
    bookmarks: u64,
    drops: u64,
    expiries: u64,
}

/// The API of one cluster. Copies are of the same.
#[derive(Debug, Clone)]
pub struct Api(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    state: Mutex<State>,
    signal: watch::Sender<Signal>,
    kinds: Vec<Kind>,
    version: String,
    token: Option<String>,
    guests: Guests,
    permissions: Permissions,
    trouble: Trouble,
    log: Log,
    hook: Mutex<Hook>,
}

impl Api {
    /// An API with the namespaces `default` and `kube-system`, which serves these kinds and calls itself this version.
    /// Without a token, everybody is let in.
    pub fn new(kinds: Vec<Kind>, version: &str, token: Option<String>, clock: VirtualClock, trouble: Trouble) -> Self {
        let state = State { store: Store::default(), clock };
        let api = Self(Arc::new(Parts {
            state: Mutex::new(state),
            signal: watch::Sender::new(Signal::default()),
            kinds,
            version: version.to_owned(),
            token,
            guests: Guests::default(),
            permissions: Permissions::default(),
            trouble,
            log: Log::default(),
            hook: Mutex::new(Hook::default()),
        }));
        for name in ["default", "kube-system"] {
            api.seed(json!({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": name}}));
        }
        api
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }

    /// Works on the state, and tells the watches afterwards.
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.locked();
        let done = work(&mut state);
        let version = state.store.version();
        drop(state);
        self.0.signal.send_if_modified(|signal| std::mem::replace(&mut signal.version, version) != version);
        done
    }

    /// Makes an object as it is, status included.
    ///
    /// # Panics
    /// If its kind is not served or the API refuses it.
    #[track_caller]
    pub fn seed(&self, object: Value) -> Value {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (version, named) = (text(&object["apiVersion"]), text(&object["kind"]));
        let found = self.0.kinds.iter().find(|kind| kind.api_version() == version && kind.kind == named);
        let kind = *found.unwrap_or_else(|| panic!("no {version} {named} is served"));
        self.make(&kind, object, "seed").unwrap_or_else(|refusal| panic!("{}", refusal.message))
    }

    /// Makes an object as it is, in the name of a field manager. Without a namespace, it goes to `default`.
    ///
    /// # Errors
    /// As the API refuses.
    pub fn make(&self, kind: &Kind, object: Value, manager: &str) -> Answered<Value> {
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or("default").to_owned();
        let namespace = if kind.namespaced { namespace } else { String::new() };
        let written = self.with(|state| state.create(kind, &namespace, object, Part::Whole, &by(manager)))?;
        Ok(Value::clone(&written.object))
    }

    /// An object, if it is there.
    pub fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.locked().get(kind, namespace, name).ok()
    }

    /// The objects of a kind, in a namespace or in all.
    pub fn list(&self, kind: &Kind, namespace: Option<&str>) -> Vec<Arc<Value>> {
        self.locked().store.list(&kind.resource(), namespace)
    }

    /// Changes a part of an object, in the name of a field manager.
    ///
    /// # Errors
    /// As the API refuses.
    pub fn edit(
        &self,
        kind: &Kind,
        place: [&str; 2],
        part: Part,
        manager: &str,
        change: impl FnOnce(&mut Value),
    ) -> Answered<Arc<Value>> {
        let change = |object: &mut Value| {
            change(object);
            Ok(())
        };
        Ok(self.with(|state| state.change(kind, place, part, &by(manager), change))?.object)
    }

    /// Deletes an object, as `DeleteOptions` say.
    ///
    /// # Errors
    /// As the API refuses.
    pub fn delete(&self, kind: &Kind, [namespace, name]: [&str; 2], options: &Value) -> Answered<()> {
        self.with(|state| state.delete(kind, namespace, name, options)).map(drop)
    }

    /// Takes an object away at once, whatever holds it: a kubelet that is done with a pod, a namespace that is empty.
    pub fn remove(&self, kind: &Kind, [namespace, name]: [&str; 2]) {
        self.with(|state| drop(state.store.remove(&state::key(kind, namespace, name))));
    }

    /// Whether a kind is served.
    pub fn serves(&self, kind: &Kind) -> bool {
        self.0.kinds.contains(kind)
    }

    /// The kinds that are served.
    pub fn kinds(&self) -> &[Kind] {
        &self.0.kinds
    }

    /// The version of the last change.
    pub fn version(&self) -> u64 {
        self.locked().store.version()
    }

    /// The cluster's clock.
    pub fn clock(&self) -> VirtualClock {
        self.locked().clock.clone()
    }

    /// The requests over the network.
    pub fn log(&self) -> &Log {
        &self.0.log
    }

    /// The faults to order.
    pub fn faults(&self) -> &Faults {
        &self.0.trouble.faults
    }

    /// The requests that are being held.
    pub fn holds(&self) -> &Holds {
        &self.0.trouble.holds
    }

    /// Who is let in by an identity of AWS.
    pub fn guests(&self) -> &Guests {
        &self.0.guests
    }

    /// What clients may do.
    pub fn permissions(&self) -> &Permissions {
        &self.0.permissions
    }

    /// Forgets all changes so far: watches and pages that would go on from them get 410.
    pub fn compact(&self) {
        self.locked().store.compact();
    }

    /// Sends a bookmark to the watches that allow some.
    pub fn bookmark(&self) {
        self.0.signal.send_modify(|signal| signal.bookmarks += 1);
    }

    /// Breaks the connections of all watches off.
    pub fn drop_watches(&self) {
        self.0.signal.send_modify(|signal| signal.drops += 1);
    }

    /// Ends all watches with a 410.
    pub fn expire_watches(&self) {
        self.0.signal.send_modify(|signal| signal.expiries += 1);
    }

    /// Makes a namespace.
    #[track_caller]
    pub fn namespace(&self, name: &str) {
        self.make(&NAMESPACE, json!({"metadata": {"name": name}}), "seed").unwrap();
    }
}

fn by(manager: &str) -> Manner {
    Manner { manager: manager.to_owned(), ..Manner::default() }
}
