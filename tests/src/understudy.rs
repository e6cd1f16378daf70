//! Terraform's part, played for one resource over the raw protocol: what it asks of the provider, and what it keeps from
//! one run to the next, after errors and after the provider's death as well.

use std::collections::BTreeMap;

use eksmig_provider::Eksmig;
use serde_json::Value as Json;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{
    Diagnostic, DynamicValue, apply_resource_change, plan_resource_change, read_resource,
};
use tfplugin::{Provider, Schema, Type, Value};
use tonic::Status;
use tonic::transport::Channel;

use crate::blocking::wait;
use crate::providers::Providers;
use crate::scene::Scene;

/// Plays Terraform for one resource.
#[derive(Debug)]
pub struct Understudy {
    type_name: String,
    ty: Type,
    computed: Vec<String>,
    kept: Option<Kept>,
    said: String,
}

/// What Terraform keeps of a resource.
#[derive(Debug, Clone)]
struct Kept {
    state: Value,
    private: Vec<u8>,
    tainted: bool,
}

/// What a run came to.
#[derive(Debug)]
pub enum Ended {
    /// There was nothing to change.
    Unchanged,
    /// The provider answered; the text of its errors.
    Answered(Vec<String>),
    /// The provider was gone before it answered.
    Lost,
    /// The run was stopped before anything was applied.
    Stopped,
}

struct Planned {
    state: Value,
    private: Vec<u8>,
}

/// Why a run went no further: the provider is gone, or said no.
type Halt = Ended;

impl Understudy {
    /// An understudy for a resource of this type that does not exist yet.
    pub fn of(type_name: &str) -> Self {
        let resources = Eksmig::new().resources();
        let resource = resources.iter().find(|resource| resource.type_name() == type_name).unwrap();
        let schema: Schema = resource.schema();
        let computed = schema.attributes().iter().filter(|attribute| attribute.is_computed());
        let computed = computed.map(|attribute| attribute.name().to_owned()).collect();
        Self { type_name: type_name.to_owned(), ty: schema.ty(), computed, kept: None, said: String::new() }
    }

    /// The state that is kept, as JSON; none where there is no resource.
    pub fn state(&self) -> Option<Json> {
        self.kept.as_ref().map(|kept| tfplugin::json::encode(&kept.state, &self.ty).unwrap())
    }

    /// What the provider said in its last answer to an apply, warnings included.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// Checks that what is kept is what is there, and that the next run does not destroy it.
    #[track_caller]
    pub fn assert_true<S: Scene>(&self, scene: &S, when: &str) {
        self.assert_known(scene, |_| Vec::new(), when);
    }

    /// The same after a stop. AWS may have answered nothing in the time that is left then, and the provider says so: what
    /// it keeps is what it knew last, never something that was not there. Whether that was so.
    #[track_caller]
    pub fn assert_true_after_stop<S: Scene>(&self, scene: &S, when: &str) -> bool {
        let unread = self.said.contains("could not be read");
        let calls = if unread { scene.calls(0) } else { Vec::new() };
        self.assert_known(scene, |route| scene.last_known(&calls, route), when);
        unread
    }

    /// The same, where what is kept of a route may also be one of `others`, by blue and green: what the provider knew last,
    /// when it could not learn what is there.
    #[track_caller]
    pub fn assert_known<S: Scene>(&self, scene: &S, others: impl Fn(&str) -> Vec<[Option<i64>; 2]>, when: &str) {
        let standing = scene.standing();
        let Some(state) = self.state() else {
            let has_green = |weights: &BTreeMap<String, i64>| weights.get("green").is_some_and(|weight| *weight > 0);
            assert!(!standing.values().any(has_green), "{when}: nothing is kept of what was moved");
            return;
        };
        for (route, kept) in scene.kept(&state) {
            let there = ["blue", "green"].map(|side| standing[&route].get(side).copied());
            let possible = [vec![there], others(&route)].concat();
            assert!(possible.contains(&kept), "{when}: {kept:?} is kept of {route}, and possible are {possible:?}");
        }
        assert!(!self.kept.as_ref().unwrap().tainted, "{when}: the next run would replace it");
    }

    /// `terraform apply` of this configuration.
    pub fn apply(&mut self, providers: &Providers, config: &Json) -> Ended {
        self.said.clear();
        let config = tfplugin::json::decode(config, &self.ty).unwrap();
        self.refreshed(providers).and_then(|()| self.changed(providers, &config)).unwrap_or_else(|halt| halt)
    }

    /// `terraform destroy`.
    pub fn destroy(&mut self, providers: &Providers) -> Ended {
        self.said.clear();
        let destroyed = self.refreshed(providers).and_then(|()| {
            let Some(kept) = self.kept.clone() else { return Ok(Ended::Unchanged) };
            going_on(providers)?;
            let planned = self.planned(providers.planning(), Some(&kept.state), None, &kept.private)?;
            self.destroyed(providers, kept, planned.private)
        });
        destroyed.unwrap_or_else(|halt| halt)
    }

    fn refreshed(&mut self, providers: &Providers) -> Result<(), Halt> {
        let Some(kept) = &mut self.kept else { return Ok(()) };
        going_on(providers)?;
        let request = read_resource::Request {
            type_name: self.type_name.clone(),
            current_state: packed(&kept.state, &self.ty),
            private: kept.private.clone(),
            ..Default::default()
        };
        let answer = answered(wait(providers.planning().read_resource(request)))?;
        refused(&answer.diagnostics)?;
        let state = unpacked(answer.new_state, &self.ty);
        let tainted = kept.tainted;
        self.kept = (!state.is_null()).then_some(Kept { state, private: answer.private, tainted });
        Ok(())
    }

    fn changed(&mut self, providers: &Providers, config: &Value) -> Result<Ended, Halt> {
        if let Some(kept) = self.kept.clone().filter(|kept| kept.tainted) {
            // A replacement is planned as a create, and the destroy gets that plan's private data.
            let planned = self.planned(providers.planning(), None, Some(config), &kept.private)?;
            match self.destroyed(providers, kept, planned.private)? {
                Ended::Answered(errors) if errors.is_empty() => {}
                other => return Ok(other),
            }
        }
        let prior = self.kept.clone();
        let (state, private) = prior.map_or((None, Vec::new()), |kept| (Some(kept.state), kept.private));
        going_on(providers)?;
        let reviewed = self.planned(providers.planning(), state.as_ref(), Some(config), &private)?;
        if state.as_ref() == Some(&reviewed.state) {
            return Ok(Ended::Unchanged);
        }
        going_on(providers)?;
        // Terraform plans once more inside the apply, and wants the same known values.
        let planned = self.planned(providers.applying(), state.as_ref(), Some(config), &private)?;
        assert_eq!(reviewed.state, planned.state, "the plan inside the apply differs");
        going_on(providers)?;
        let request = apply_resource_change::Request {
            type_name: self.type_name.clone(),
            prior_state: packed(state.as_ref().unwrap_or(&Value::Null), &self.ty),
            planned_state: packed(&planned.state, &self.ty),
            config: packed(config, &self.ty),
            planned_private: planned.private,
            ..Default::default()
        };
        match answered(wait(providers.applying().apply_resource_change(request))) {
            Err(lost) => {
                // Of a create nothing is kept; of an update the state before it, without private data.
                self.kept = state.map(|state| Kept { state, private: Vec::new(), tainted: false });
                Ok(lost)
            }
            Ok(answer) => {
                self.said = text(&answer.diagnostics);
                let errors = errors(&answer.diagnostics);
                let (made, creating) = (unpacked(answer.new_state, &self.ty), state.is_none());
                if made.is_null() && !creating && !errors.is_empty() {
                    // After an error, nothing means that all stays as it was kept.
                    return Ok(Ended::Answered(errors));
                }
                let made = Some(made).filter(|made| !made.is_null());
                self.kept = made.map(|state| {
                    assert!(state.is_wholly_known(), "the provider left something unknown: {state:?}");
                    Kept { state, private: answer.private, tainted: creating && !errors.is_empty() }
                });
                Ok(Ended::Answered(errors))
            }
        }
    }

    fn destroyed(&mut self, providers: &Providers, kept: Kept, private: Vec<u8>) -> Result<Ended, Halt> {
        going_on(providers)?;
        let request = apply_resource_change::Request {
            type_name: self.type_name.clone(),
            prior_state: packed(&kept.state, &self.ty),
            planned_state: packed(&Value::Null, &self.ty),
            config: packed(&Value::Null, &self.ty),
            planned_private: private,
            ..Default::default()
        };
        // If the provider is gone, all stays as it was kept.
        let answer = answered(wait(providers.applying().apply_resource_change(request)))?;
        self.said = text(&answer.diagnostics);
        let (state, errors) = (unpacked(answer.new_state, &self.ty), errors(&answer.diagnostics));
        if !state.is_null() {
            self.kept = Some(Kept { state, private: answer.private, tainted: kept.tainted });
        } else if errors.is_empty() {
            self.kept = None;
        }
        Ok(Ended::Answered(errors))
    }

    fn planned(
        &self,
        mut provider: ProviderClient<Channel>,
        prior: Option<&Value>,
        config: Option<&Value>,
        private: &[u8],
    ) -> Result<Planned, Halt> {
        let mut proposed = config.cloned().unwrap_or(Value::Null);
        for name in self.computed.iter().filter(|_| prior.is_some()) {
            proposed.set_attr(name, prior.unwrap().attr(name).clone());
        }
        let request = plan_resource_change::Request {
            type_name: self.type_name.clone(),
            prior_state: packed(prior.unwrap_or(&Value::Null), &self.ty),
            proposed_new_state: packed(&proposed, &self.ty),
            config: packed(config.unwrap_or(&Value::Null), &self.ty),
            prior_private: private.to_vec(),
            ..Default::default()
        };
        let answer = answered(wait(provider.plan_resource_change(request)))?;
        refused(&answer.diagnostics)?;
        assert!(answer.requires_replace.is_empty(), "an understudy does not replace for {:?}", answer.requires_replace);
        Ok(Planned { state: unpacked(answer.planned_state, &self.ty), private: answer.planned_private })
    }
}

impl Ended {
    /// Panics unless the provider answered without an error.
    #[track_caller]
    pub fn expect_success(self, when: &str) {
        match self {
            Ended::Unchanged => {}
            Ended::Answered(errors) => assert!(errors.is_empty(), "{when}: {errors:#?}"),
            Ended::Lost => panic!("{when}: the provider is gone"),
            Ended::Stopped => panic!("{when}: stopped"),
        }
    }
}

/// Terraform begins nothing after a stop.
fn going_on(providers: &Providers) -> Result<(), Halt> {
    if providers.are_stopped() { Err(Ended::Stopped) } else { Ok(()) }
}

/// What the provider answered. A status of its own is a fault of its own.
fn answered<T>(asked: Result<tonic::Response<T>, Status>) -> Result<T, Halt> {
    match asked {
        Ok(answer) => Ok(answer.into_inner()),
        Err(status)
            if matches!(status.code(), tonic::Code::Unavailable | tonic::Code::Unknown | tonic::Code::Cancelled) =>
        {
            Err(Ended::Lost)
        }
        Err(status) => panic!("{status:?}"),
    }
}

fn refused(diagnostics: &[Diagnostic]) -> Result<(), Halt> {
    let errors = errors(diagnostics);
    if errors.is_empty() { Ok(()) } else { Err(Ended::Answered(errors)) }
}

fn errors(diagnostics: &[Diagnostic]) -> Vec<String> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == 1);
    errors.map(|error| format!("{}\n{}", error.summary, error.detail)).collect()
}

fn text(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| format!("{}\n{}\n", diagnostic.summary, diagnostic.detail)).collect()
}

fn packed(value: &Value, ty: &Type) -> Option<DynamicValue> {
    let msgpack = tfplugin::msgpack::encode(value, ty).unwrap();
    Some(DynamicValue { msgpack, ..DynamicValue::default() })
}

fn unpacked(value: Option<DynamicValue>, ty: &Type) -> Value {
    value.map_or(Value::Null, |value| tfplugin::msgpack::decode(&value.msgpack, ty).unwrap())
}
