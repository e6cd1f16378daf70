//! The plugin protocol, spoken to the real binary by hosts that mean no good, and by one that means Stop.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use eksmig_tests::blocking::wait;
use eksmig_tests::patience::{Watch, until};
use eksmig_tests::plugin_host::{Identity, PluginHost};
use eksmig_tests::service::Service;
use eksmig_tests::stage::secret_key;
use serde_json::{Value, json};
use tfplugin::proto::plugin;
use tfplugin::proto::plugin::grpc_controller_client::GrpcControllerClient;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{
    Diagnostic, DynamicValue, apply_resource_change, configure_provider, get_provider_schema, plan_resource_change,
    stop_provider, validate_resource_config,
};
use tonic::transport::Channel;
use tonic::{Code, Status};

const TYPE: &str = "eksmig_weighted_shift";
const LARGE: usize = 256 << 20;

type Client = ProviderClient<Channel>;

async fn client(host: &PluginHost) -> Client {
    let client = ProviderClient::new(host.connect().await);
    client.max_decoding_message_size(LARGE).max_encoding_message_size(LARGE)
}

fn dynamic(value: &Value) -> Option<DynamicValue> {
    Some(DynamicValue { json: value.to_string().into_bytes(), ..DynamicValue::default() })
}

async fn schema(client: &mut Client) -> Result<get_provider_schema::Response, Status> {
    Ok(client.get_provider_schema(get_provider_schema::Request::default()).await?.into_inner())
}

async fn validate(client: &mut Client, config: Option<DynamicValue>) -> Result<Vec<Diagnostic>, Status> {
    let request = validate_resource_config::Request { type_name: TYPE.to_owned(), config, ..Default::default() };
    Ok(client.validate_resource_config(request).await?.into_inner().diagnostics)
}

/// Checks that whoever this is gets nothing, and that the host itself is served as before.
#[track_caller]
fn gets_nothing(identity: Option<&Identity>) {
    let host = PluginHost::start();
    wait(async {
        // In TLS 1.3 a client learns of its refusal with its first request.
        if let Ok(channel) = host.connect_as(identity).await {
            let asked = ProviderClient::new(channel).get_provider_schema(get_provider_schema::Request::default()).await;
            assert_ne!(asked.unwrap_err().code(), Code::Unimplemented, "the request reached the provider");
        }
        schema(&mut client(&host).await).await.unwrap();
    });
}

#[test]
fn run_by_hand_it_explains_itself() {
    let output = PluginHost::command().output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.stdout.is_empty() && said.contains("Terraform"), "{said}");
}

#[test]
fn the_handshake_is_go_plugins() {
    let host = PluginHost::start();
    let fields: Vec<&str> = host.line.trim_end().split('|').collect();
    assert_eq!((fields[0], fields[1], fields[2], fields[4]), ("1", "6", "unix", "grpc"));
    assert!(!fields[5].contains('=') && fields[5].len() > 50);
    let folder = host.socket.parent().unwrap();
    let mode = std::fs::metadata(folder).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700, "{} is private", folder.display());
}

#[test]
fn a_host_with_the_right_certificate_gets_the_schema() {
    let host = PluginHost::start();
    let found = wait(async { schema(&mut client(&host).await).await.unwrap() });
    assert!(found.diagnostics.is_empty());
    assert!(found.resource_schemas.contains_key(TYPE));
    for function in ["ramp", "weights", "waves", "parse_route_arn"] {
        assert!(found.functions.contains_key(function), "{function}");
    }
    assert!(found.server_capabilities.unwrap().get_provider_schema_optional);
}

#[test]
fn a_client_without_a_certificate_gets_nothing() {
    gets_nothing(None);
}

#[test]
fn a_client_with_another_certificate_gets_nothing() {
    gets_nothing(Some(&Identity::new()));
}

#[test]
fn a_client_without_tls_gets_nothing() {
    use std::io::{Read, Write};
    let host = PluginHost::start();
    let mut stream = std::os::unix::net::UnixStream::connect(&host.socket).unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut answer = Vec::new();
    // A TLS alert, or nothing: never HTTP/2's own settings. The connection may also be reset.
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.is_empty() || answer[0] == 0x15, "{answer:?}");
    wait(async { schema(&mut client(&host).await).await.unwrap() });
}

#[test]
fn a_client_that_never_speaks_keeps_nobody_waiting() {
    let host = PluginHost::start();
    let _silent = std::os::unix::net::UnixStream::connect(&host.socket).unwrap();
    let watch = Watch::start();
    wait(async { schema(&mut client(&host).await).await.unwrap() });
    assert!(watch.passed() < Duration::from_secs(5));
}

#[test]
fn an_unknown_rpc_is_unimplemented() {
    let host = PluginHost::start();
    wait(async {
        let mut grpc = tonic::client::Grpc::new(host.connect().await);
        for path in ["/tfplugin6.Provider/NoSuchThing", "/tfplugin7.Provider/GetProviderSchema"] {
            grpc.ready().await.unwrap();
            let codec =
                tonic_prost::ProstCodec::<get_provider_schema::Request, get_provider_schema::Response>::default();
            let request = tonic::Request::new(get_provider_schema::Request::default());
            let asked = grpc.unary(request, http::uri::PathAndQuery::from_static(path), codec).await;
            assert_eq!(asked.unwrap_err().code(), Code::Unimplemented, "{path}");
        }
        schema(&mut client(&host).await).await.unwrap();
    });
}

#[test]
fn garbage_is_an_error_and_no_more() {
    let host = PluginHost::start();
    wait(async {
        let mut client = client(&host).await;
        let deep = [vec![0x91; 100_000], vec![0xc0]].concat();
        let heaps: [&[u8]; 8] = [
            &[0xc1],
            &[0xdd, 0xff, 0xff, 0xff, 0xff],
            &[0xdf, 0xff, 0xff, 0xff, 0xff],
            &[0xdb, 0xff, 0xff, 0xff, 0xff, b'a'],
            &[0x81, 0xa1, 0xff, 0xc0],
            &[0xc7, 0xff, 0x0c],
            &[0xc0, 0xc0],
            &deep,
        ];
        for bytes in heaps {
            let config = Some(DynamicValue { msgpack: bytes.to_vec(), ..DynamicValue::default() });
            let shown = &bytes[..bytes.len().min(8)];
            match validate(&mut client, config.clone()).await {
                Ok(diagnostics) => assert!(!diagnostics.is_empty(), "{shown:x?} was taken"),
                Err(status) => assert_ne!(status.code(), Code::Unavailable, "{shown:x?} ended the connection"),
            }
            let request = plan_resource_change::Request {
                type_name: TYPE.to_owned(),
                prior_state: config.clone(),
                proposed_new_state: config.clone(),
                config,
                ..Default::default()
            };
            match client.plan_resource_change(request).await {
                Ok(answer) => assert!(!answer.into_inner().diagnostics.is_empty(), "{shown:x?} was planned"),
                Err(status) => assert_ne!(status.code(), Code::Unavailable, "{shown:x?} ended the connection"),
            }
        }
        let broken = Some(DynamicValue { json: b"{\"green_weight\":".to_vec(), ..DynamicValue::default() });
        assert!(validate(&mut client, broken).await.map_or(true, |diagnostics| !diagnostics.is_empty()));
        schema(&mut client).await.unwrap();
    });
}

#[test]
fn an_unknown_type_is_an_error() {
    let host = PluginHost::start();
    wait(async {
        let mut client = client(&host).await;
        let request =
            validate_resource_config::Request { type_name: "eksmig_nothing".to_owned(), ..Default::default() };
        let asked = client.validate_resource_config(request).await;
        assert!(asked.map_or(true, |answer| !answer.into_inner().diagnostics.is_empty()));
    });
}

#[test]
fn a_large_configuration_is_taken() {
    let host = PluginHost::start();
    let rule = |number: usize| {
        format!(
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shop/0123456789abcdef/\
             fedcba9876543210/{number:016x}"
        )
    };
    let group =
        |name: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{name}/0123456789abcdef");
    let config = json!({
        "route_arns": (0..50_000).map(rule).collect::<Vec<_>>(),
        "blue_target_group_arn": group("blue"),
        "green_target_group_arn": group("green"),
        "green_weight": 10,
    });
    assert!(config.to_string().len() > 6 << 20);
    let diagnostics = wait(async { validate(&mut client(&host).await, dynamic(&config)).await.unwrap() });
    assert_eq!(diagnostics, []);
}

#[test]
fn ctrl_c_is_left_to_the_host() {
    let mut host = PluginHost::start();
    host.signal("INT");
    wait(async { schema(&mut client(&host).await).await.unwrap() });
    assert!(host.is_running());
}

#[test]
fn shutdown_ends_it_and_leaves_nothing_behind() {
    let mut host = PluginHost::start();
    wait(async {
        let channel = host.connect().await;
        schema(&mut ProviderClient::new(channel.clone()).max_decoding_message_size(LARGE)).await.unwrap();
        // Go's own plugins end before they answer; so may we.
        let _ = GrpcControllerClient::new(channel).shutdown(plugin::Empty::default()).await;
    });
    let (status, _) = host.wait_for(Duration::from_secs(2));
    assert!(PluginHost::ended_by_itself(status));
    assert!(!host.socket.exists());
}

#[test]
fn it_is_healthy_as_go_plugin_asks() {
    #[derive(Clone, PartialEq, prost::Message)]
    struct Asked {
        #[prost(string, tag = "1")]
        service: String,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    struct Answered {
        #[prost(int32, tag = "1")]
        status: i32,
    }
    const SERVING: i32 = 1;
    let host = PluginHost::start();
    let status = wait(async {
        let mut grpc = tonic::client::Grpc::new(host.connect().await);
        grpc.ready().await.unwrap();
        let codec = tonic_prost::ProstCodec::<Asked, Answered>::default();
        let request = tonic::Request::new(Asked { service: "plugin".to_owned() });
        let path = http::uri::PathAndQuery::from_static("/grpc.health.v1.Health/Check");
        grpc.unary(request, path, codec).await.unwrap().into_inner().status
    });
    assert_eq!(status, SERVING);
}

/// A provider that acts in a service's world.
async fn configured(host: &PluginHost, service: &Service) -> Client {
    service.stage.workspace.note("eksmig_weighted_shift");
    let mut client = client(host).await;
    let (endpoint, key) = (service.stage.world.emulator().endpoint(), &service.stage.access_key);
    let config = json!({
        "region": service.stage.world.region(),
        "access_key": key,
        "secret_key": secret_key(key),
        "endpoints": {"elbv2": endpoint, "cloudwatch": endpoint, "sts": endpoint},
    });
    let request = configure_provider::Request { config: dynamic(&config), ..Default::default() };
    assert_eq!(client.configure_provider(request).await.unwrap().into_inner().diagnostics, []);
    client
}

/// Plans and begins to apply a shift to 100 % over 10 %, on nothing known before.
async fn apply(client: &mut Client, service: &Service, interval: &str) -> apply_resource_change::Response {
    let config = dynamic(&json!({
        "route_arns": [service.rule],
        "blue_target_group_arn": service.blue.arn,
        "green_target_group_arn": service.green.arn,
        "green_weight": 100,
        "ramp": {"steps": [10], "interval": interval},
    }));
    let request = plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        proposed_new_state: config.clone(),
        config: config.clone(),
        ..Default::default()
    };
    let planned = client.plan_resource_change(request).await.unwrap().into_inner();
    let errors: Vec<_> = planned.diagnostics.iter().filter(|diagnostic| diagnostic.severity == 1).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let request = apply_resource_change::Request {
        type_name: TYPE.to_owned(),
        planned_state: planned.planned_state,
        planned_private: planned.planned_private,
        config,
        ..Default::default()
    };
    client.apply_resource_change(request).await.unwrap().into_inner()
}

#[test]
fn stop_in_mid_ramp_answers_at_once_and_so_does_the_apply() {
    let service = Service::at("stop", 100, 0);
    let host = PluginHost::start();
    let mut applying = wait(configured(&host, &service));
    let mut stopping = applying.clone();
    std::thread::scope(|scope| {
        let apply = scope.spawn(|| wait(apply(&mut applying, &service, "10m")));
        service.wait_for_percent(10.0);
        let watch = Watch::start();
        let stopped = wait(stopping.stop_provider(stop_provider::Request::default())).unwrap().into_inner();
        assert!(watch.passed() < Duration::from_secs(1), "Stop took {:?}", watch.passed());
        assert_eq!(stopped.error, "");
        until(Duration::from_secs(2), "end of the apply", || apply.is_finished().then_some(()));
        let answer = apply.join().unwrap();
        assert!(answer.new_state.is_some(), "the truth is told");
        let said: String = answer.diagnostics.iter().map(|diagnostic| diagnostic.detail.clone()).collect();
        assert!(said.contains("10%") || said.contains("10 %"), "{:?}", answer.diagnostics);
    });
    assert_eq!(service.percent(), 10.0);

    // Stop is over with what it stopped: the next walk works.
    let mut applying = wait(configured(&host, &service));
    let answer = wait(apply(&mut applying, &service, "0s"));
    assert_eq!(answer.diagnostics, []);
    assert_eq!(service.percent(), 100.0);
}

#[test]
fn debugging_says_how_to_attach() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let mut process = PluginHost::command().arg("-debug").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let line = lines.by_ref().map(Result::unwrap).find(|line| line.contains("TF_REATTACH_PROVIDERS"));
    process.kill().unwrap();
    process.wait().unwrap();
    let line = line.expect("no TF_REATTACH_PROVIDERS");
    let start = line.find('{').unwrap();
    let end = line.rfind('}').unwrap();
    let attach: Value = serde_json::from_str(&line[start..=end]).unwrap();
    let entry = attach.as_object().unwrap().values().next().unwrap();
    assert_eq!((entry["Protocol"].as_str(), entry["ProtocolVersion"].as_u64()), (Some("grpc"), Some(6)));
    assert_eq!(entry["Test"], true);
}
