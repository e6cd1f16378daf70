//! Choosing a port, against a server that answers from a script.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::*;
use crate::aws::loopback::{Call, Loopback, Reply};
use crate::clock::SteppedClock;

const PLACE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

fn listener(port: i32) -> ListenerArn {
    ListenerArn::parse(&format!("{PLACE}:listener/net/edge/50dc/p{port}")).unwrap()
}

fn group(name: &str) -> TargetGroupArn {
    TargetGroupArn::parse(&format!("{PLACE}:targetgroup/{name}/73e2")).unwrap()
}

/// Listeners by port: where they forward, and their mark.
type Kept = Arc<Mutex<BTreeMap<i32, (String, Option<String>)>>>;

fn port_of(arn: &str) -> i32 {
    arn.rsplit_once("/p").unwrap().1.parse().unwrap()
}

fn described(port: i32, target: &str) -> String {
    format!(
        "<member><ListenerArn>{}</ListenerArn><Port>{port}</Port><Protocol>UDP</Protocol><DefaultActions><member><Type>forward</Type><TargetGroupArn>{target}</TargetGroupArn></member></DefaultActions></member>",
        listener(port)
    )
}

fn answer(kept: &Kept, call: &Call) -> Reply {
    let action = call.action();
    let mut kept = kept.lock().unwrap();
    match action.as_str() {
        "DescribeListeners" => {
            let asked: Vec<i32> = match call.value("LoadBalancerArn") {
                Some(_) => kept.keys().copied().collect(),
                None => call.members("ListenerArns").iter().map(|arn| port_of(arn)).collect(),
            };
            let found: String = asked.iter().map(|port| described(*port, &kept[port].0)).collect();
            Reply::result(&action, &format!("<Listeners>{found}</Listeners>"))
        }
        "DescribeListenerAttributes" => Reply::result(&action, "<Attributes></Attributes>"),
        "DescribeTags" => {
            let tag = |mark: &String| format!("<member><Key>{MARK}</Key><Value>{mark}</Value></member>");
            let tags = |arn: &String| {
                let tags = kept[&port_of(arn)].1.as_ref().map(tag).unwrap_or_default();
                format!("<member><ResourceArn>{arn}</ResourceArn><Tags>{tags}</Tags></member>")
            };
            let all: String = call.members("ResourceArns").iter().map(tags).collect();
            Reply::result(&action, &format!("<TagDescriptions>{all}</TagDescriptions>"))
        }
        "CreateListener" => {
            let port = call.value("Port").unwrap().parse().unwrap();
            let target = call.value("DefaultActions.member.1.TargetGroupArn").unwrap();
            if kept.contains_key(&port) {
                return Reply::error(400, "DuplicateListener", "A listener already exists on this port");
            }
            kept.insert(port, (target.clone(), call.value("Tags.member.1.Value")));
            Reply::result(&action, &format!("<Listeners>{}</Listeners>", described(port, &target)))
        }
        other => panic!("{other}"),
    }
}

async fn scene(
    before: impl Fn(&Kept, &Call) -> Option<Reply> + Send + Sync + 'static,
) -> (Loopback, ListenerTwins, Kept) {
    let blue = (group("blue").to_string(), None);
    let kept: Kept = Arc::new(Mutex::new([(443, blue)].into()));
    let inner = kept.clone();
    let server = Loopback::serve(move |call| before(&inner, call).unwrap_or_else(|| answer(&inner, call))).await;
    let twins = ListenerTwins::new(ElbReader::new(server.aws(Arc::new(SteppedClock::new()))));
    (server, twins, kept)
}

fn order(green: &str, ports: Ports) -> ListenerOrder {
    ListenerOrder { source: listener(443), target_group: group(green), ports, tags: Tags::new() }
}

#[tokio::test]
async fn a_port_that_someone_else_takes_first_is_passed_over() {
    let (server, twins, kept) = scene(|kept, call| {
        // Someone else is faster on the first port, once it was found free.
        if call.action() == "CreateListener" && call.value("Port").as_deref() == Some("8000") {
            kept.lock().unwrap().insert(8000, ("other".to_owned(), None));
        }
        None
    })
    .await;
    let made = twins.create(&order("green", Ports::Range(8000, 8002)), &CancellationToken::new()).await.unwrap();
    assert_eq!((made.twin.port, made.adopted), (8001, false));
    assert_eq!((server.count("CreateListener"), kept.lock().unwrap().len()), (2, 3));
}

#[tokio::test]
async fn twins_of_one_source_for_two_target_groups_are_two() {
    let (_server, twins, _kept) = scene(|_, _| None).await;
    let ports = Ports::Range(8000, 8002);
    let port = async |green| {
        let made = twins.create(&order(green, ports), &CancellationToken::new()).await.unwrap();
        (made.twin.port, made.adopted)
    };
    assert_eq!(port("green").await, (8000, false));
    assert_eq!(port("emerald").await, (8001, false));
    assert_eq!(port("green").await, (8000, true), "the one that is there already");
}

#[tokio::test]
async fn a_create_whose_reply_is_lost_finds_what_it_made() {
    let (server, twins, kept) = scene(|kept, call| {
        (call.action() == "CreateListener").then(|| {
            answer(kept, call);
            Reply::HangUp
        })
    })
    .await;
    let made = twins.create(&order("green", Ports::One(8000)), &CancellationToken::new()).await.unwrap();
    assert_eq!((made.arn, made.adopted), (listener(8000), false));
    assert_eq!((server.count("CreateListener"), kept.lock().unwrap().len()), (1, 2));
}

#[tokio::test]
async fn a_listener_of_another_kind_of_load_balancer_has_no_twin() {
    let (server, twins, _kept) = scene(|_, call| {
        (call.action() == "DescribeListeners").then(|| {
            let http = described(443, "blue").replace("UDP", "HTTP");
            Reply::result("DescribeListeners", &format!("<Listeners>{http}</Listeners>"))
        })
    })
    .await;
    let failed = twins.create(&order("green", Ports::One(8000)), &CancellationToken::new()).await.unwrap_err();
    assert!(matches!(failed.error, TwinError::NotOfNetwork { .. }), "{}", failed.error);
    assert_eq!(server.count("CreateListener"), 0);
}
