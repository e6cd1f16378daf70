//! Patterns with `*` for any text and `?` for any character.

/// Whether the whole text matches.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // The last star, and how much of the text it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == text[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                (at, read) = (place + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|left| *left == '*')
}

/// Whether the whole text matches, in any case.
pub fn matches_any_case(pattern: &str, text: &str) -> bool {
    matches(&pattern.to_lowercase(), &text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, expect) in [
            ("/orders/*", "/orders/1", true),
            ("/orders/*", "/orders/", true),
            ("/orders/*", "/orders", false),
            ("/orders/*", "/x/orders/1", false),
            ("/orders", "/orders", true),
            ("/Orders", "/orders", false),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "example.com", false),
            ("/?", "/a", true),
            ("/?", "/", false),
            ("/?", "/ab", false),
            ("*a*b*", "xxaxxabx", true),
            ("*a*b", "xaxbx", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a**c", "abc", true),
        ] {
            assert_eq!(matches(pattern, text), expect, "{pattern} {text}");
        }
        assert!(matches_any_case("*.Example.com", "WWW.example.COM"));
    }
}
