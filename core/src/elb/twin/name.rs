//! The name of a target group's twin.

/// The longest name of a target group. (Elastic Load Balancing API, CreateTargetGroup.)
const LONGEST: usize = 32;
/// The longest suffix: it leaves the source's name and what tells it from others some room.
pub const LONGEST_SUFFIX: usize = 16;
/// The suffix where none is given.
pub const SUFFIX: &str = "-green";

/// Why AWS would not take a name; nothing if it would. (Elastic Load Balancing API, CreateTargetGroup.)
pub fn unfit(name: &str) -> Option<&'static str> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if name.is_empty() || name.len() > LONGEST {
        Some("it must have 1 to 32 characters")
    } else if !name.bytes().all(known) {
        Some("it must have letters, digits and hyphens only")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("it must not begin or end with a hyphen")
    } else if name.starts_with("internal-") {
        Some("it must not begin with `internal-`")
    } else {
        None
    }
}

/// Why a suffix cannot end a name; nothing if it can.
pub fn unfit_suffix(suffix: &str) -> Option<&'static str> {
    if suffix.is_empty() || suffix.len() > LONGEST_SUFFIX {
        return Some("it must have 1 to 16 characters");
    }
    unfit(suffix.strip_prefix('-').unwrap_or(suffix))
        .map(|_| "it must have letters, digits and hyphens only, and end with no hyphen")
}

/// The name of the twin of the target group `source`. Where the two together are longer than AWS takes, the source's
/// name is cut, and six digits of its hash keep names apart that begin alike.
pub fn derived(source: &str, suffix: &str) -> String {
    if source.len() + suffix.len() <= LONGEST {
        return format!("{source}{suffix}");
    }
    let hash = format!("-{:06x}", fnv1a(source) & 0xff_ffff);
    let room = LONGEST.saturating_sub(hash.len() + suffix.len());
    let start = source.get(..room).unwrap_or_default().trim_end_matches('-');
    format!("{start}{hash}{suffix}")
}

/// The FNV-1a hash, which will be the same in every release of this program, as a name must be.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_the_sources_and_the_suffix_where_that_fits() {
        assert_eq!(derived("orders", SUFFIX), "orders-green");
        assert_eq!(derived("abcdefghijklmnopqrstuvwxyz", SUFFIX), "abcdefghijklmnopqrstuvwxyz-green");
    }

    #[test]
    fn a_name_that_is_too_long_is_cut_and_kept_apart_by_its_hash() {
        assert_eq!(derived("k8s-shop-orders-0123456789abcdef", SUFFIX), "k8s-shop-orders-012-1b305f-green");
        // Cut right after a hyphen, and no two hyphens in a row.
        assert_eq!(derived("abcdefghijklmnopqr-stuvwxyz-0123", SUFFIX).len(), 31);
    }

    #[test]
    fn what_aws_does_not_take_is_unfit() {
        for name in ["", "a_b", "-a", "a-", "internal-a", &"a".repeat(33)] {
            assert!(unfit(name).is_some(), "{name}");
        }
        assert_eq!(unfit(&"a".repeat(32)), None);
        for suffix in ["", "-", "-green-", "-a.b", "-internal-a", &"a".repeat(17)] {
            assert!(unfit_suffix(suffix).is_some(), "{suffix}");
        }
        assert_eq!(unfit_suffix("-green"), None);
    }

    proptest! {
        #[test]
        fn every_derived_name_is_one_that_aws_takes(
            source in "[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?",
            suffix in "-?[a-zA-Z0-9]{1,15}",
        ) {
            prop_assume!(!source.starts_with("internal-") && !format!("{source}{suffix}").starts_with("internal-"));
            let name = derived(&source, &suffix);
            prop_assert_eq!(unfit(&name), None);
            prop_assert!(name.ends_with(&suffix));
        }

        #[test]
        fn names_that_begin_alike_stay_apart(one in "[a-z]{6}", other in "[a-z]{6}") {
            prop_assume!(one != other);
            let long = |end: &str| format!("k8s-a-name-that-is-long-26{end}");
            // 24 bits: two that meet would be found here once in sixteen million.
            prop_assert_ne!(derived(&long(&one), SUFFIX), derived(&long(&other), SUFFIX));
        }
    }
}
