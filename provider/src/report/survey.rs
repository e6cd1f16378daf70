//! What users are told when looking did not work.

use eksmig_core::survey::SurveyError;
use tfplugin::Diagnostic;

use super::{clusters, sentence, unread};
use crate::notices;

/// Something that was to be looked at does not exist, or could not be read.
pub fn failed(error: &SurveyError) -> Diagnostic {
    let (notice, advice) = match error {
        SurveyError::NoLoadBalancer(_) => (
            notices::LOAD_BALANCER_NOT_FOUND,
            "Name one that exists, or look with a provider configuration (an alias) for the region it is in.",
        ),
        SurveyError::NothingTagged(_) => (
            notices::NO_LOAD_BALANCER_WITH_THESE_TAGS,
            "Look for tags that one has, all of them on the same load balancer. Nothing is given out for nothing found, for \
             what is made from it with for_each would be planned to be destroyed.",
        ),
        SurveyError::NoTargetGroup(_) => (
            notices::TARGET_GROUP_NOT_FOUND,
            "Remove it from the configuration if it was deleted. If it was deleted just now, plan again.",
        ),
        SurveyError::StrayMark { .. } => (
            notices::TAG_OF_A_TWIN_THAT_MAKES_NO_SENSE,
            "Only eksmig writes this tag. If the target group is nobody's twin, take the tag off it; if it is, write the ARN \
             of its source there. Until then it cannot be told whose side it is on.",
        ),
        SurveyError::Unread(error) => return unread(error),
        SurveyError::Cluster(error) => return clusters::unread(error),
        SurveyError::Apis(_) => (notices::APIS_NOT_READABLE, "What is not known to be there is not taken for absent."),
    };
    notice.says(format!("{} {advice}", sentence(&error.to_string())))
}

/// Terraform wanted the end.
pub fn stopped() -> Diagnostic {
    notices::STOPPED.says("Terraform was to stop while AWS was being asked. Nothing was changed.")
}

/// Terraform asks a data source only with a configuration that is known.
pub fn not_known(what: &str) -> Diagnostic {
    let detail = format!(
        "The {what} to look at are not known yet. This is a fault of eksmig or of Terraform; please report it."
    );
    notices::CONFIGURATION_NOT_KNOWN.says(detail)
}
