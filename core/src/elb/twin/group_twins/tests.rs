//! The twin's calls, against a server that answers from a script.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::aws::loopback::{Call, Loopback, Reply};
use crate::clock::{Clock, SteppedClock};

const PLACE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

fn arn(name: &str) -> TargetGroupArn {
    TargetGroupArn::parse(&format!("{PLACE}:targetgroup/{name}/73e2")).unwrap()
}

/// Target groups as a server keeps them: the port and the mark, by name.
type Kept = Arc<Mutex<BTreeMap<String, (i32, Option<String>)>>>;

fn described(name: &str, port: i32) -> String {
    format!(
        "<member><TargetGroupArn>{}</TargetGroupArn><TargetGroupName>{name}</TargetGroupName><Protocol>TCP</Protocol><Port>{port}</Port><TargetType>ip</TargetType><HealthCheckProtocol>TCP</HealthCheckProtocol></member>",
        arn(name)
    )
}

/// What a load balancer's API says of these target groups; `before` may answer first.
fn answer(kept: &Kept, call: &Call) -> Reply {
    let action = call.action();
    let mut kept = kept.lock().unwrap();
    let name_of = |text: &str| text.rsplit('/').nth(1).unwrap_or_default().to_owned();
    match action.as_str() {
        "DescribeTargetGroups" => {
            let names = call.members("Names");
            let arns = call.members("TargetGroupArns");
            let asked = names.into_iter().chain(arns.iter().map(|arn| name_of(arn)));
            let found: Option<String> = asked.map(|name| Some(described(&name, kept.get(&name)?.0))).collect();
            match found {
                Some(found) => Reply::result(&action, &format!("<TargetGroups>{found}</TargetGroups>")),
                None => Reply::error(400, "TargetGroupNotFound", "One or more target groups not found"),
            }
        }
        "DescribeTargetGroupAttributes" => Reply::result(&action, "<Attributes></Attributes>"),
        "DescribeTags" => {
            let tags = |arn: &String| {
                let mark = kept.get(&name_of(arn)).and_then(|(_, mark)| mark.clone());
                let tag = |mark| format!("<member><Key>{MARK}</Key><Value>{mark}</Value></member>");
                let tags = mark.map(tag).unwrap_or_default();
                format!("<member><ResourceArn>{arn}</ResourceArn><Tags>{tags}</Tags></member>")
            };
            let all: String = call.members("ResourceArns").iter().map(tags).collect();
            Reply::result(&action, &format!("<TagDescriptions>{all}</TagDescriptions>"))
        }
        "CreateTargetGroup" => {
            let (name, port) = (call.value("Name").unwrap(), call.value("Port").unwrap().parse().unwrap());
            kept.insert(name.clone(), (port, call.value("Tags.member.1.Value")));
            Reply::result(&action, &format!("<TargetGroups>{}</TargetGroups>", described(&name, port)))
        }
        "DeleteTargetGroup" => match kept.remove(&name_of(&call.value("TargetGroupArn").unwrap())) {
            Some(_) => Reply::result(&action, ""),
            None => Reply::error(400, "TargetGroupNotFound", "not found"),
        },
        other => panic!("{other}"),
    }
}

struct Scene {
    server: Loopback,
    clock: Arc<SteppedClock>,
    twins: GroupTwins,
    kept: Kept,
}

async fn scene(before: impl Fn(&Kept, &Call) -> Option<Reply> + Send + Sync + 'static) -> Scene {
    let kept: Kept = Arc::new(Mutex::new([("orders".to_owned(), (80, None))].into()));
    let inner = kept.clone();
    let server = Loopback::serve(move |call| before(&inner, call).unwrap_or_else(|| answer(&inner, call))).await;
    let clock = Arc::new(SteppedClock::new());
    let twins = GroupTwins::new(ElbReader::new(server.aws(Arc::clone(&clock) as Arc<dyn Clock>)));
    Scene { server, clock, twins, kept }
}

fn order(port: Option<i32>) -> GroupOrder {
    let over = Overrides { port, ..Overrides::default() };
    GroupOrder { source: arn("orders"), name: "orders-green".to_owned(), over }
}

#[tokio::test]
async fn a_create_looks_before_it_makes_and_marks_what_it_makes() {
    let scene = scene(|_, _| None).await;
    let made = scene.twins.create(&order(Some(81)), &CancellationToken::new()).await.unwrap();
    assert_eq!((made.arn, made.twin.fixed.port, made.adopted), (arn("orders-green"), Some(81), false));
    assert_eq!(made.source.fixed.port, Some(80));
    let mark = scene.kept.lock().unwrap()["orders-green"].1.clone();
    assert_eq!(mark.as_deref(), Some(arn("orders").as_str()));
    let again = scene.twins.create(&order(Some(81)), &CancellationToken::new()).await.unwrap();
    assert!(again.adopted);
    assert_eq!(scene.server.count("CreateTargetGroup"), 1);
}

#[tokio::test]
async fn a_create_whose_reply_is_lost_finds_what_it_made() {
    let scene = scene(|kept, call| {
        if call.action() != "CreateTargetGroup" {
            return None;
        }
        answer(kept, call);
        Some(Reply::HangUp)
    })
    .await;
    let made = scene.twins.create(&order(None), &CancellationToken::new()).await.unwrap();
    assert!(!made.adopted, "it is this create's own");
    assert_eq!(scene.server.count("CreateTargetGroup"), 1);
}

#[tokio::test]
async fn what_is_nobodys_or_anothers_twin_is_left_alone() {
    for mark in [None, Some(arn("payments").to_string())] {
        let scene = scene(|_, _| None).await;
        scene.kept.lock().unwrap().insert("orders-green".to_owned(), (80, mark.clone()));
        let failed = scene.twins.create(&order(None), &CancellationToken::new()).await.unwrap_err();
        assert!(matches!(&failed.error, TwinError::Taken { of, .. } if *of == mark), "{}", failed.error);
        assert!(failed.left.is_none());
    }
}

#[tokio::test]
async fn a_twin_that_was_begun_as_another_is_refused_and_not_remembered() {
    let scene = scene(|_, _| None).await;
    let mark = Some(arn("orders").to_string());
    scene.kept.lock().unwrap().insert("orders-green".to_owned(), (80, mark));
    let failed = scene.twins.create(&order(Some(81)), &CancellationToken::new()).await.unwrap_err();
    assert!(failed.error.to_string().contains("port from 80 to 81"), "{}", failed.error);
    assert!(failed.left.is_none());
}

#[tokio::test]
async fn use_that_fades_is_waited_out() {
    let tries = AtomicUsize::new(0);
    let scene = scene(move |_, call| {
        let fading = call.action() == "DeleteTargetGroup" && tries.fetch_add(1, Ordering::SeqCst) < 3;
        fading.then(|| Reply::error(400, "ResourceInUse", "in use by a listener or a rule"))
    })
    .await;
    scene.twins.delete(&arn("orders"), &CancellationToken::new()).await.unwrap();
    assert_eq!(scene.clock.passed(), 3 * USE_FADES.0);
    assert!(scene.kept.lock().unwrap().is_empty());
    scene.twins.delete(&arn("gone"), &CancellationToken::new()).await.unwrap();
}

#[tokio::test]
async fn use_that_does_not_fade_is_an_error_in_the_end() {
    let scene =
        scene(|_, call| (call.action() == "DeleteTargetGroup").then(|| Reply::error(400, "ResourceInUse", "in use")))
            .await;
    let error = scene.twins.delete(&arn("orders"), &CancellationToken::new()).await.unwrap_err();
    assert!(matches!(error, TwinError::InUse { ref routes, .. } if routes.is_empty()), "{error}");
    assert!(scene.clock.passed() < Duration::from_secs(60));
}

#[tokio::test]
async fn a_stop_before_a_write_writes_nothing_and_one_within_it_gives_up_soon() {
    let stopped = CancellationToken::new();
    stopped.cancel();
    let scene = scene(|_, _| None).await;
    let failed = scene.twins.create(&order(None), &stopped).await.unwrap_err();
    assert!(matches!(failed.error, TwinError::Stopped));
    assert!(scene.server.calls().is_empty());

    let stop = CancellationToken::new();
    let within = stop.clone();
    let scene = self::scene(move |_, call| {
        let creating = call.action() == "CreateTargetGroup";
        creating.then(|| {
            within.cancel();
            Reply::Silence
        })
    })
    .await;
    let failed = scene.twins.create(&order(None), &stop).await.unwrap_err();
    assert!(matches!(failed.error, TwinError::Stopped), "{}", failed.error);
    assert!(scene.clock.passed() <= Duration::from_secs(2), "{:?}", scene.clock.passed());
}
