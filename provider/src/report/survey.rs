//! What users are told when looking did not work.

use eksmig_core::survey::SurveyError;
use tfplugin::Diagnostic;

use super::{clusters, sentence, unread};

/// Something that was to be looked at does not exist, or could not be read.
pub fn failed(error: &SurveyError) -> Diagnostic {
    let (summary, advice) = match error {
        SurveyError::NoLoadBalancer(_) => (
            "Load balancer not found",
            "Name one that exists, or look with a provider configuration (an alias) for the region it is in.",
        ),
        SurveyError::NothingTagged(_) => (
            "No load balancer with these tags",
            "Look for tags that one has, all of them on the same load balancer. Nothing is given out for nothing found, for \
             what is made from it with for_each would be planned to be destroyed.",
        ),
        SurveyError::NoTargetGroup(_) => (
            "Target group not found",
            "Remove it from the configuration if it was deleted. If it was deleted just now, plan again.",
        ),
        SurveyError::StrayMark { .. } => (
            "Tag of a twin that makes no sense",
            "Only eksmig writes this tag. If the target group is nobody's twin, take the tag off it; if it is, write the ARN \
             of its source there. Until then it cannot be told whose side it is on.",
        ),
        SurveyError::Unread(error) => return unread(error),
        SurveyError::Cluster(error) => return clusters::unread(error),
        SurveyError::Apis(_) => ("APIs not readable", "What is not known to be there is not taken for absent."),
    };
    Diagnostic::error(summary, format!("{} {advice}", sentence(&error.to_string())))
}

/// Terraform wanted the end.
pub fn stopped() -> Diagnostic {
    Diagnostic::error("Stopped", "Terraform was to stop while AWS was being asked. Nothing was changed.")
}

/// Terraform asks a data source only with a configuration that is known.
pub fn not_known(what: &str) -> Diagnostic {
    let detail = format!(
        "The {what} to look at are not known yet. This is a fault of eksmig or of Terraform; please report it."
    );
    Diagnostic::error("Configuration not known", detail)
}
