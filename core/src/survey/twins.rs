//! Whose twin a target group is, by its tag. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{SurveyError, Tags};
use crate::elb::TargetGroupArn;
use crate::elb::twin::MARK;

/// The target group that this one was made after; none where it is nobody's twin.
///
/// # Errors
///
/// [`SurveyError::StrayMark`]: the tag names no target group of the twin's own account and region, where alone eksmig
/// makes twins.
pub(crate) fn source_of(
    arn: &TargetGroupArn,
    tags: &BTreeMap<String, Tags>,
) -> Result<Option<TargetGroupArn>, SurveyError> {
    let Some(mark) = tags.get(arn.as_str()).and_then(|tags| tags.get(MARK)) else { return Ok(None) };
    let stray = |reason: String| SurveyError::StrayMark { arn: arn.clone(), mark: mark.clone(), reason };
    let source = TargetGroupArn::parse(mark).map_err(|error| stray(error.to_string()))?;
    let place = |arn: &TargetGroupArn| (arn.region().to_owned(), arn.account().to_owned());
    if place(&source) != place(arn) {
        return Err(stray("it is in another account or region".to_owned()));
    }
    Ok(Some(source))
}

/// The target group at the beginning of a line of twins; itself, where it is nobody's twin.
///
/// # Errors
///
/// [`SurveyError::StrayMark`]: a tag on the way makes no sense, or the line leads back to where it was.
pub(crate) fn origin(arn: &TargetGroupArn, tags: &BTreeMap<String, Tags>) -> Result<TargetGroupArn, SurveyError> {
    let (mut at, mut passed) = (arn.clone(), BTreeSet::new());
    while let Some(source) = source_of(&at, tags)? {
        if !passed.insert(at.clone()) {
            let reason = "following it leads back to the same target group".to_owned();
            return Err(SurveyError::StrayMark { arn: at, mark: source.to_string(), reason });
        }
        at = source;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

    fn arn(name: &str) -> String {
        format!("{PLACE}:targetgroup/{name}/73e2")
    }

    #[track_caller]
    fn check(marks: &[(&str, &str)], of: &str, expected: Result<&str, &str>) {
        let tags = marks.iter().map(|(twin, mark)| (arn(twin), Tags::from([(MARK.to_owned(), (*mark).to_owned())])));
        let found = origin(&TargetGroupArn::parse(&arn(of)).unwrap(), &tags.collect());
        match (found, expected) {
            (Ok(found), Ok(name)) => assert_eq!(found.name(), name),
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{error}"),
            (found, expected) => panic!("{found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn a_line_of_twins_leads_to_the_one_that_is_no_twin() {
        let (blue, green) = (arn("blue"), arn("green"));
        check(&[], "blue", Ok("blue"));
        check(&[("green", &blue)], "green", Ok("blue"));
        check(&[("green", &blue), ("teal", &green)], "teal", Ok("blue"));
    }

    #[test]
    fn a_tag_that_makes_no_sense_is_an_error_that_names_it() {
        let (blue, green) = (arn("blue"), arn("green"));
        check(&[("green", "yes")], "green", Err("eksmig:twin-of = yes"));
        check(&[("green", &blue.replace("eu-west-1", "us-east-1"))], "green", Err("another account or region"));
        check(&[("green", &blue), ("blue", &green)], "green", Err("leads back"));
        check(&[("green", &green)], "green", Err("leads back"));
    }
}
