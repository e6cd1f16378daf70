//! What Terraform asks of a plan, whatever is moved: a create, an update or a destroy.

use tfplugin::{Diagnostic, Diagnostics, Path, PlanRequest, PlanResponse, Value};

use crate::private::Private;

/// A configuration as written, of a resource that moves traffic.
pub trait Written: Sized {
    /// Reads it, or the part of a state that was one.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each at its attribute.
    fn read(value: &Value) -> Result<Self, Diagnostics>;

    /// The id of what it describes, where that is known.
    fn id(&self) -> Option<String>;

    /// What a destroy of this configuration's object does first, and what is to be known of that. Of a create that did
    /// not finish it does nothing.
    fn destroying(&self, prior: &Value, unfinished: bool) -> Option<Diagnostic>;
}

/// A create to be planned.
pub struct Create<W> {
    /// What Terraform proposes, with its id.
    pub planned: Value,
    /// The configuration.
    pub written: W,
    /// The data beside it, or that of the plan that is being carried out.
    pub private: Private,
    /// Whether a plan is being carried out that a person has reviewed.
    pub reviewed_before: bool,
}

/// An update to be planned.
pub struct Update<W> {
    /// The refreshed state.
    pub prior: Value,
    /// What Terraform proposes, with its id.
    pub planned: Value,
    /// The configuration.
    pub written: W,
    /// The data beside the state.
    pub private: Private,
}

/// What is answered where nothing can be planned: what was proposed.
pub struct Fallback {
    proposed: Option<Value>,
    private: Vec<u8>,
}

impl Fallback {
    /// The fallback of a request.
    pub fn of(request: &PlanRequest) -> Self {
        Self { proposed: request.proposed.clone(), private: request.prior_private.clone() }
    }

    /// The plan, or else what was proposed, with what is wrong.
    pub fn or(self, planned: Result<PlanResponse, Diagnostics>) -> PlanResponse {
        planned.unwrap_or_else(|diagnostics| PlanResponse {
            planned: self.proposed,
            private: self.private,
            diagnostics,
            ..Default::default()
        })
    }
}

/// Plans what a request asks for: a create, an update, or a destroy, which moves nothing yet.
///
/// # Errors
///
/// What is wrong with the configuration, or with what is kept beside the state; and those of `create` and `update`.
pub async fn plan<W: Written, C, U>(
    request: PlanRequest,
    create: impl FnOnce(Create<W>) -> C,
    update: impl FnOnce(Update<W>) -> U,
) -> Result<PlanResponse, Diagnostics>
where
    C: Future<Output = Result<PlanResponse, Diagnostics>>,
    U: Future<Output = Result<PlanResponse, Diagnostics>>,
{
    let PlanRequest { prior, proposed, config, prior_private, planned_private, .. } = request;
    let (Some(mut planned), Some(config)) = (proposed, config) else {
        return destroy::<W>(prior.as_ref(), prior_private);
    };
    let written = W::read(&config)?;
    planned.set_attr("id", written.id().map(Value::from).unwrap_or(Value::unknown()));
    match prior {
        None => {
            let reviewed_before = !planned_private.is_empty();
            let private = Private::read(if reviewed_before { &planned_private } else { &prior_private })?;
            create(Create { planned, written, private, reviewed_before }).await
        }
        Some(prior) => update(Update { prior, planned, written, private: Private::read(&prior_private)? }).await,
    }
}

fn destroy<W: Written>(prior: Option<&Value>, private: Vec<u8>) -> Result<PlanResponse, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    if let Some(prior) = prior {
        let unfinished = Private::read(&private)?.create_is_unfinished(prior);
        diagnostics.extend(W::read(prior)?.destroying(prior, unfinished));
    }
    Ok(PlanResponse { planned: None, private, diagnostics, ..Default::default() })
}

/// Leaves to the apply what cannot be told before it: the computed attributes that it finds out.
pub fn leave_open(planned: &mut Value, found_out: &[&str]) {
    for name in found_out {
        planned.set_attr(*name, Value::unknown());
    }
}

/// What of `identity`, attributes and attributes of attributes, makes it another object than the one in the state.
pub fn replaced(prior: &Value, planned: &Value, identity: &[&[&str]]) -> Vec<Path> {
    let differs = |steps: &&&[&str]| {
        let of = |value: &Value| steps.iter().fold(value.clone(), |value, step| value.attr(step).clone());
        of(prior) != of(planned)
    };
    let path = |steps: &&[&str]| steps.iter().fold(Path::root(), |path, step| path.attr(*step));
    identity.iter().filter(differs).map(path).collect()
}
