//! `migration`, its own tests against AWS.

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::ledger::Ledger;
use eksmig_tests::module::Module;
use eksmig_tests::stage::Stage;
use eksmig_tests::world::{forward, path};

use crate::NONE;

#[test]
fn four_services_move_in_two_waves_and_go_back() {
    let stage = Stage::new("modwaves");
    let world = &stage.world;
    let balancer = world.application_balancer("edge");
    let rest = world.target_group("rest");
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&rest, 1)])]);
    let mut services = Vec::new();
    for (priority, name) in (1..).zip(["basket", "orders", "search", "users"]) {
        let [blue, green] = ["blue", "green"].map(|side| world.target_group(&format!("{name}-{side}")));
        let route = world.rule(&listener, priority, vec![path(&format!("/{name}/*"))], vec![forward(&[(&blue, 1)])]);
        services.push((name, route, blue, green));
    }
    let map: String = services
        .iter()
        .map(|(name, route, blue, green)| {
            format!(
                "  {name} = {{ route_arns = [{route:?}], blue_target_group_arn = {:?}, green_target_group_arn = {:?} }}\n",
                blue.arn, green.arn
            )
        })
        .collect();
    let place = format!("services = {{\n{map}}}\norder = [\"users\"]\ngate = {{ poll_interval = \"1s\" }}\n");
    Module::lay("migration", &stage, &place).lab("migration", || ());

    let calls = stage.calls(0);
    for (name, route, blue, green) in &services {
        assert_eq!(world.green_percent(route, blue, green), 0.0, "{name}");
        let its: Vec<_> = calls.iter().filter(|call| call.route() == Some(route)).cloned().collect();
        let ledger = Ledger::of(&its, &blue.arn, &green.arn);
        assert_eq!(ledger.never(), NONE, "{name}");
        // `users` is named first and `basket` follows: they are the first wave, which is finished.
        let first = ["basket", "users"].contains(name);
        let wanted: &[f64] = if first { &[0.0, 10.0, 50.0, 100.0, 0.0] } else { &[0.0, 10.0, 0.0, 50.0, 100.0, 0.0] };
        assert_eq!(stage.written(0, route, blue, green), wanted, "{name}");
        assert_eq!(ledger.writes.iter().any(|write| !write.after.contains_key(&blue.arn)), first, "{name}");
    }
}
