//! An `eksmig_nlb_port_swap` as written, and as run.

use std::collections::BTreeSet;

use eksmig_core::apigateway::ApiId;
use eksmig_core::apigateway::port_swap::Undeployed;
use eksmig_core::elb::ListenerArn;
use tfplugin::{Diagnostic, Diagnostics, Field, Path, Reader, Value};

use super::state;
use crate::blocks::course::{self, Course, WrittenCourse};
use crate::blocks::{gate, known, take};
use crate::notices;
use crate::planned;

/// The configuration as written: each part known, or not yet.
#[derive(Debug, Clone)]
pub struct Written {
    /// What is moved.
    pub place: Field<Place>,
    /// What to do with edits of others that are not deployed.
    pub undeployed: Field<Undeployed>,
    /// How it goes.
    pub course: WrittenCourse,
}

/// The configuration as run: all of it known.
#[derive(Debug, Clone)]
pub struct Config {
    /// What is moved.
    pub place: Place,
    /// What to do with edits of others that are not deployed.
    pub undeployed: Undeployed,
    /// How it goes.
    pub course: Course,
}

/// What a swap moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The API.
    pub api: ApiId,
    /// The stages.
    pub stages: BTreeSet<String>,
    /// Where blue is served.
    pub blue: ListenerArn,
    /// Where green is served.
    pub green: ListenerArn,
    /// The routes; every one on either listener for none.
    pub routes: BTreeSet<String>,
}

impl planned::Written for Written {
    fn read(value: &Value) -> Result<Self, Diagnostics> {
        read(value)
    }

    fn id(&self) -> Option<String> {
        self.place.as_ref().known().map(state::id)
    }

    fn destroying(&self, prior: &Value, unfinished: bool) -> Option<Diagnostic> {
        self.course.destroying(prior, unfinished)
    }
}

impl Written {
    /// The configuration, if all of it is known.
    pub fn known(self) -> Option<Config> {
        Some(Config { place: self.place.known()?, undeployed: self.undeployed.known()?, course: self.course.known()? })
    }
}

/// Reads a configuration, or the part of a state that was one. What is unknown is left out of the rules.
///
/// # Errors
///
/// Everything that is wrong with it, each at its attribute.
pub fn read(value: &Value) -> Result<Written, Diagnostics> {
    let root = Reader::new(value);
    let mut errors = Diagnostics::default();
    let written = Written {
        place: take(&mut errors, place(&root)),
        undeployed: take(&mut errors, undeployed(&root)).known_or(Undeployed::default()),
        course: course::read(&root, None, &mut errors),
    };
    errors.extend(gate::no_error_rate(&root.attr("gate")));
    if !errors.has_errors() {
        errors.extend(together(&written));
        errors.extend(written.course.too_short());
    }
    if errors.has_errors() { Err(errors) } else { Ok(written) }
}

fn undeployed(root: &Reader<'_>) -> Result<Field<Undeployed>, Diagnostic> {
    let choice = root.attr("undeployed_changes").string()?;
    Ok(choice.map(|text| if text == "deploy" { Undeployed::Deploy } else { Undeployed::Refuse }))
}

fn place(root: &Reader<'_>) -> Result<Field<Place>, Diagnostic> {
    let (rest, http) = (root.attr("rest_api_id"), root.attr("http_api_id"));
    let api = match (known!(rest.string()?), known!(http.string()?)) {
        (Some(id), None) => ApiId::Rest(id),
        (None, Some(id)) => ApiId::Http(id),
        (None, None) => return Err(rest.error(notices::NO_API, "Set rest_api_id or http_api_id.")),
        (Some(_), Some(_)) => {
            return Err(http.error(notices::TWO_APIS, "Set either rest_api_id or http_api_id: a swap moves one API."));
        }
    };
    let names = |reader: &Reader<'_>| -> Result<Field<BTreeSet<String>>, Diagnostic> {
        let mut names = BTreeSet::new();
        for element in known!(reader.elements()?).unwrap_or_default() {
            names.extend(known!(element.string()?));
        }
        Ok(Field::Known(names))
    };
    let green = root.attr("green_listener_arn");
    let listener = |reader: &Reader<'_>| {
        reader.string()?.try_map(|text| {
            ListenerArn::parse(&text)
                .map_err(|error| reader.error(notices::INVALID_ARN, format!("{}: {error}.", reader.path())))
        })
    };
    let (Some(stages), Some(routes)) =
        (known!(names(&root.attr("stage_names"))?), known!(names(&root.attr("routes"))?))
    else {
        return Ok(Field::Null);
    };
    let blue = known!(listener(&root.attr("blue_listener_arn"))?);
    let (Some(blue), Some(greens)) = (blue, known!(listener(&green)?)) else { return Ok(Field::Null) };
    if blue == greens {
        let detail = format!("blue_listener_arn and green_listener_arn are both {blue}. There is nothing to move.");
        return Err(green.error(notices::ONE_LISTENER_ON_BOTH_SIDES, detail));
    }
    if blue.load_balancer_arn() != greens.load_balancer_arn() {
        let detail = format!(
            "{greens} is a listener of {}, and blue's of {}. An API's VPC link leads to one load balancer, and a swap \
             changes the port on it.",
            greens.load_balancer_arn(),
            blue.load_balancer_arn()
        );
        return Err(green.error(notices::LISTENER_OF_ANOTHER_LOAD_BALANCER, detail));
    }
    Ok(Field::Known(Place { api, stages, blue, green: greens, routes }))
}

/// HTTP APIs have no canary.
fn together(written: &Written) -> Option<Diagnostic> {
    let Field::Known(Place { api: ApiId::Http(id), .. }) = &written.place else { return None };
    let wrong = |attribute: Path, what: &str| {
        let detail = format!(
            "{what}, and HTTP API {id} knows only 0 and 100: HTTP APIs have no canary. Move it in one step, or route by \
             weights behind one listener with eksmig_weighted_shift."
        );
        Some(notices::NO_PARTS_OF_AN_HTTP_API_REQUESTS.says(detail).at(attribute))
    };
    let course = &written.course;
    if let Field::Known(target) = &course.target
        && target.is_split()
    {
        return wrong(Path::root().attr("green_weight"), &format!("green_weight is {target}"));
    }
    if let Some(schedule) = course.schedule_from_zero()
        && schedule.steps.iter().any(|step| step.share.is_split())
    {
        return wrong(Path::root().attr("ramp"), "The ramp has steps between 0 and 100");
    }
    None
}
