//! `eksmig_nlb_listener_twin`: every protocol, ports, drift, import, faults and crashes.

#[path = "acceptance_nlb_listener_twin/crash.rs"]
mod crash;
#[path = "acceptance_nlb_listener_twin/drift.rs"]
mod drift;
#[path = "acceptance_nlb_listener_twin/ports.rs"]
mod ports;
#[path = "acceptance_nlb_listener_twin/protocols.rs"]
mod protocols;

use aws_sdk_elasticloadbalancingv2::types::{Certificate, Listener, ProtocolEnum};
use eksmig_tests::blocking::wait;
use eksmig_tests::stage::Stage;
use eksmig_tests::twin;
use eksmig_tests::world::{TargetGroup, forward};

/// A network load balancer with a listener that forwards to blue.
struct Scene {
    stage: Stage,
    balancer: String,
    source: String,
    blue: TargetGroup,
    green: TargetGroup,
}

impl Scene {
    fn new(name: &str, protocol: ProtocolEnum, port: i32) -> Self {
        let stage = Stage::new(name);
        let world = &stage.world;
        let group = |name| {
            world.target_group_of(
                name,
                if protocol == ProtocolEnum::Tls { ProtocolEnum::Tcp } else { protocol.clone() },
                0,
            )
        };
        let (blue, green) = (group("blue"), group("green"));
        let balancer = world.network_balancer("lb");
        let request = world
            .client()
            .create_listener()
            .load_balancer_arn(&balancer)
            .protocol(protocol.clone())
            .port(port)
            .default_actions(forward(&[(&blue, 1)]));
        let request = if protocol == ProtocolEnum::Tls {
            request
                .ssl_policy("ELBSecurityPolicy-TLS13-1-2-2021-06")
                .alpn_policy("HTTP2Preferred")
                .certificates(Certificate::builder().certificate_arn(certificate("a")).build())
        } else {
            request
        };
        let source = wait(request.send()).unwrap().listeners()[0].listener_arn().unwrap().to_owned();
        Self { stage, balancer, source, blue, green }
    }

    fn write(&self, arguments: &str) {
        self.stage.workspace.write("main.tf", &twin::listener(&self.source, &self.green.arn, arguments));
    }

    /// Applies the twin, which must succeed and leave nothing to do.
    #[track_caller]
    fn settle(&self, arguments: &str) {
        self.write(arguments);
        self.stage.workspace.apply().expect_success();
        self.stage.workspace.assert_settled();
    }

    /// The listener on a port.
    #[track_caller]
    fn on(&self, port: i32) -> Listener {
        self.stage.world.listeners_of(&self.balancer).remove(&port).expect("no listener on this port")
    }

    /// The ports that have a listener.
    fn ports(&self) -> Vec<i32> {
        self.stage.world.listeners_of(&self.balancer).into_keys().collect()
    }
}

fn certificate(name: &str) -> String {
    format!("arn:aws:iam::123456789012:server-certificate/{name}")
}
