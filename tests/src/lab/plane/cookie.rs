//! The cookie by which a client stays with its target group.

use std::time::Duration;

use hyper::HeaderMap;

use crate::patience::Watch;

/// Its name.
pub const NAME: &str = "AWSALBTG";

/// The value for a client that goes to this target group until a moment, told in time since the watch's start.
///
/// AWS encrypts the value; whoever reads it elsewhere would be wrong either way.
pub fn value(group: &str, until: Duration) -> String {
    let id: String = group.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{id}.{}", until.as_millis())
}

/// The whole header that sets it.
pub fn header(group: &str, watch: Watch, lasts: Duration) -> String {
    format!("{NAME}={}; Max-Age={}; Path=/", value(group, watch.passed() + lasts), lasts.as_secs())
}

/// The target group that a request's cookie names, unless its time is over.
pub fn read(headers: &HeaderMap, watch: Watch) -> Option<String> {
    let cookies = headers.get_all("cookie").into_iter().filter_map(|header| header.to_str().ok());
    let mut pairs = cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == NAME)?;
    let (id, until) = value.split_once('.')?;
    if Duration::from_millis(until.parse().ok()?) <= watch.passed() {
        return None;
    }
    let bytes = (0..id.len()).step_by(2).map(|at| u8::from_str_radix(id.get(at..at + 2)?, 16).ok());
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(hyper::header::COOKIE, cookie.parse().unwrap())])
    }

    #[test]
    fn a_cookie_is_read_as_it_was_set_until_its_time_is_over() {
        let watch = Watch::start();
        let good = value("arn:a/b", Duration::from_secs(60));
        assert_eq!(read(&headers(&format!("x=1; {NAME}={good}; y=2")), watch).as_deref(), Some("arn:a/b"));
        let late = value("arn:a/b", Duration::ZERO);
        assert_eq!(read(&headers(&format!("{NAME}={late}")), watch), None);
        for bad in ["", "AWSALBTG=", "AWSALBTG=zz.99999", "AWSALBTG=a.99999", "AWSALBTG=6161"] {
            assert_eq!(read(&headers(bad), watch), None, "{bad}");
        }
    }
}
