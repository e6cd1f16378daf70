use std::sync::Arc;

use super::*;
use crate::aws::loopback::{Cbor, Loopback, Reply};
use crate::clock::SteppedClock;

fn counter() -> Counter {
    Counter {
        namespace: "AWS/ApplicationELB",
        metric: "RequestCount",
        statistic: "Sum",
        balancer: "app/shop/50dc".to_owned(),
        target_group: Some("targetgroup/blue/73e2".to_owned()),
    }
}

fn page(status: &'static str, values: &[f64], next: Option<&'static str>) -> Reply {
    let result = Cbor::Map(vec![
        ("Id", Cbor::Text("q0")),
        ("Values", Cbor::List(values.iter().copied().map(Cbor::Number).collect())),
        ("StatusCode", Cbor::Text(status)),
    ]);
    let mut reply = vec![("MetricDataResults", Cbor::List(vec![result]))];
    reply.extend(next.map(|token| ("NextToken", Cbor::Text(token))));
    Reply::cbor(&Cbor::Map(reply))
}

async fn asked(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Result<BTreeMap<Counter, Series>, Untold> {
    let server = Loopback::serve(move |call| reply(&call.body)).await;
    let clock = Arc::new(SteppedClock::new());
    clock.advance(Duration::from_secs(1_000_019));
    let counter = counter();
    let read = read(&server.aws(clock), BTreeSet::from([&counter]), SystemTime::UNIX_EPOCH).await;
    for text in ["AWS/ApplicationELB", "RequestCount", "app/shop/50dc", "targetgroup/blue/73e2", "Sum"] {
        assert!(server.calls()[0].body.contains(text), "{text}");
    }
    read
}

#[tokio::test]
async fn a_series_that_is_not_published_is_empty_and_one_that_is_not_whole_is_none() {
    assert_eq!(asked(|_| page("Complete", &[], None)).await.unwrap()[&counter()], Series::new());
    for status in ["PartialData", "InternalError", "Sleeping"] {
        let untold = asked(move |_| page(status, &[], None)).await.unwrap_err();
        assert!(untold.later && untold.why.contains(status), "{untold:?}");
    }
    let mended = |body: &str| {
        if body.contains("page-2") { page("Complete", &[], None) } else { page("PartialData", &[], Some("page-2")) }
    };
    assert!(asked(mended).await.is_ok());
    let broken = |body: &str| {
        if body.contains("page-2") { page("Complete", &[], None) } else { page("InternalError", &[], Some("page-2")) }
    };
    assert!(asked(broken).await.is_err(), "what went wrong on one page is not mended by the next");
}

#[tokio::test]
async fn what_is_not_allowed_is_never_told() {
    assert!(!asked(|_| page("Forbidden", &[], None)).await.unwrap_err().later);
    assert!(!asked(|_| Reply::status(403)).await.unwrap_err().later);
    assert!(asked(|_| Reply::status(500)).await.unwrap_err().later);
}
