//! From one cluster to another behind API Gateway, by the port of a load balancer.

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::ledger::Ledger;
use eksmig_tests::rest_api::RestApi;
use eksmig_tests::story::Story;
use eksmig_tests::swap::Swaps;

#[test]
fn the_api_gateway_story_moves_every_service_and_goes_back_from_where_it_says() {
    let swaps = Swaps::new("apistory");
    let (stage, gateway) = (&swaps.stage, &swaps.gateway);
    let api = RestApi::new(&gateway.world, &gateway.balancer);
    let routes = ["checkout", "orders", "users"].map(|service| format!("ANY /{service}/{{proxy+}}"));
    for route in &routes {
        api.route(route, "http://apis.example.com:8080/{proxy}");
    }
    api.deploy("prod", &[]);
    let (alarms, alarm) = (Alarms::of(&gateway.world), format!("{}-5xx", gateway.world.name()));
    alarms.make(&alarm, StateValue::Ok);
    let (blue, green) = &gateway.listeners;
    let place = format!(
        "rest_api_id = {:?}\nblue_listener_arn = {blue:?}\ngreen_listener_arn = {green:?}\nalarms = [{alarm:?}]\n\
         interval = \"1s\"\n",
        api.id
    );
    let story = Story::lay("nlb-api-gateway", stage, &place);

    let files = &story.pull_requests;
    // Forwards; back from the second, and on; and back from the last.
    let way = [0, 1, 0, 1, 2, 3, 0];
    let percent = |percent: f64| Some((percent, vec!["blue".to_owned(), "green".to_owned()]));
    let expected = [
        ("blue blue blue", None, vec![]),
        ("blue blue blue", percent(10.0), vec!["UpdateIntegration", "CreateDeployment", "UpdateStage"]),
        ("blue blue blue", None, vec!["UpdateStage", "UpdateIntegration"]),
        ("blue blue blue", percent(10.0), vec!["UpdateIntegration", "CreateDeployment", "UpdateStage"]),
        ("blue green blue", None, vec!["UpdateStage"; 3]),
        (
            "green green green",
            None,
            [["UpdateIntegration"; 2].as_slice(), &["CreateDeployment"], &["UpdateStage"; 4]].concat(),
        ),
        ("blue blue blue", None, [["UpdateIntegration"; 3].as_slice(), &["CreateDeployment"]].concat()),
    ];
    for (number, (sides, canary, writes)) in way.into_iter().zip(expected) {
        let since = stage.mark();
        story.apply(&files[number]);
        let file = files[number].display();
        let served: Vec<String> = routes.iter().map(|route| gateway.served_side(&api.id, route)).collect();
        assert_eq!((served.join(" "), gateway.leads_to(&api.id).1), (sides.to_owned(), canary), "{file}");
        let written: Vec<String> = stage.writes(since).into_iter().map(|call| call.action).collect();
        assert_eq!(written, writes, "{file}");
    }
    let ledger = Ledger::of(&stage.calls(0), blue, green);
    assert_eq!([ledger.never(), ledger.changed_nothing()].concat(), [""; 0]);
}
