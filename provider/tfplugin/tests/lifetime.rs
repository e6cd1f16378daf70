//! How a provider's process begins, whom it lets in, and how it ends.
#![cfg(unix)]

#[cfg(test)]
#[allow(dead_code, clippy::disallowed_methods, reason = "each file uses some of it; a real process takes real time")]
mod host;

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a real process takes real time")]
mod tests {
    use std::io::Read;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixStream;
    use std::process::Output;
    use std::time::{Duration, Instant};

    use tfplugin::proto::plugin::Empty;
    use tfplugin::proto::plugin::grpc_broker_client::GrpcBrokerClient;
    use tfplugin::proto::plugin::grpc_stdio_client::GrpcStdioClient;
    use tfplugin::proto::tfplugin6::{apply_resource_change, get_provider_schema};
    use tfplugin::{Refinement, Value};
    use tonic::transport::Channel;
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_client::HealthClient;

    use crate::host::{COOKIE, Identity, Plugin, command, connected, finish, note, provider, shut_down};

    async fn has_schema(channel: Channel) -> bool {
        let schema = provider(channel).get_provider_schema(get_provider_schema::Request {}).await;
        schema.is_ok_and(|schema| schema.into_inner().resource_schemas.contains_key("echo_note"))
    }

    fn run(settings: &[(&str, &str)]) -> Output {
        let place = tempfile::tempdir().unwrap();
        let output = finish(command(&place).envs(settings.iter().copied()).spawn().unwrap());
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "left something behind");
        output
    }

    #[test]
    fn by_hand_it_says_what_it_is_and_fails() {
        for settings in [&[][..], &[(COOKIE.0, "another's")]] {
            let output = run(settings);
            assert_eq!(output.status.code(), Some(1));
            assert!(output.stdout.is_empty());
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.contains("echo 0.1.0 is a Terraform provider"), "{said}");
        }
    }

    #[test]
    fn without_a_certificate_it_does_not_serve() {
        let output = run(&[COOKIE]);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("[ERROR] ") && said.contains("TF_DISABLE_PLUGIN_TLS"), "{said}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn tls_off_is_the_users_word_alone() {
        let plugin = Plugin::start(&[("TF_DISABLE_PLUGIN_TLS", "1")], &[]);
        assert_eq!(plugin.fields.len(), 6);
        assert_eq!(plugin.fields[5], "");
        assert!(has_schema(plugin.connect_plainly().await.unwrap()).await);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn only_the_one_client_gets_in() {
        let (known, stranger) = (Identity::new(), Identity::new());
        let plugin = Plugin::start_for(&known);
        assert_eq!(&plugin.fields[..3], ["1", "6", "unix"]);
        assert_eq!(plugin.fields[4], "grpc");

        // In TLS 1.3 a client thinks that it is in until it reads.
        let others =
            [plugin.connect(Some(&stranger)).await, plugin.connect(None).await, plugin.connect_plainly().await];
        for channel in others.into_iter().flatten() {
            assert!(!has_schema(channel).await);
        }
        assert!(has_schema(plugin.connect(Some(&known)).await.unwrap()).await);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_client_that_stalls_holds_up_no_other() {
        let identity = Identity::new();
        let plugin = Plugin::start_for(&identity);
        let _stalled: Vec<_> = (0..40).map(|_| UnixStream::connect(plugin.socket()).unwrap()).collect();
        let admitted = async { has_schema(plugin.connect(Some(&identity)).await.unwrap()).await };
        let in_time = tokio::time::timeout(Duration::from_secs(5), admitted).await;
        assert_eq!(in_time, Ok(true));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_socket_is_private_and_goes_with_the_process() {
        let (mut plugin, channel) = connected().await;
        let socket = plugin.socket();
        assert!(socket.starts_with(plugin.place.path()));
        let mode = std::fs::metadata(socket.parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        shut_down(&channel).await;
        assert!(plugin.wait().success());
        assert_eq!(std::fs::read_dir(plugin.place.path()).unwrap().count(), 0);
        assert_eq!(plugin.rest_of_stdout(), "");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_interrupt_does_not_end_it_and_a_termination_does() {
        let (mut plugin, channel) = connected().await;
        plugin.signal("INT");
        plugin.signal("INT");
        assert!(has_schema(channel).await);
        plugin.signal("TERM");
        assert!(plugin.wait().success());
        assert_eq!(std::fs::read_dir(plugin.place.path()).unwrap().count(), 0);
    }

    /// An apply that takes time.
    fn waiting(text: &str) -> apply_resource_change::Request {
        let planned =
            [("text", Value::from(text)), ("id", Value::Unknown(Refinement::NOT_NULL)), ("kind", Value::from("plain"))];
        apply_resource_change::Request {
            type_name: "echo_note".to_owned(),
            planned_state: Some(note(planned)),
            config: Some(note([("text", Value::from(text))])),
            ..Default::default()
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_shutdown_ends_streams_and_calls_in_time() {
        let (mut plugin, channel) = connected().await;
        let mut stdio = GrpcStdioClient::new(channel.clone());
        let mut stdio = stdio.stream_stdio(Empty {}).await.unwrap().into_inner();
        let mut broker = GrpcBrokerClient::new(channel.clone());
        let offers = tokio_stream::pending();
        let mut broker = broker.start_stream(offers).await.unwrap().into_inner();
        let mut client = provider(channel.clone());
        let applying = tokio::spawn(async move { client.apply_resource_change(waiting("wait")).await });
        plugin.wait_for_log("\"waiting\"");

        shut_down(&channel).await;
        assert!(stdio.message().await.unwrap().is_none());
        assert!(broker.message().await.unwrap().is_none());
        let applied = applying.await.unwrap().unwrap().into_inner();
        assert_eq!(applied.private, b"stopped");
        // The log tells whether it ended by itself or by its deadline.
        assert!(plugin.wait().success());
        assert!(!plugin.log().contains("leaving behind"));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_shutdown_does_not_wait_for_a_call_that_stalls() {
        let (mut plugin, channel) = connected().await;
        let mut client = provider(channel.clone());
        tokio::spawn(async move { client.apply_resource_change(waiting("stall")).await });
        plugin.wait_for_log("\"waiting\"");
        let begin = Instant::now();
        shut_down(&channel).await;
        assert!(plugin.wait().success());
        // A host kills after two seconds.
        assert!(begin.elapsed() < Duration::from_millis(1900), "{:?}", begin.elapsed());
        assert!(plugin.log().contains("leaving behind"));
        assert_eq!(std::fs::read_dir(plugin.place.path()).unwrap().count(), 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_ends_with_its_host() {
        let (mut plugin, channel) = connected().await;
        let stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(Empty {}).await.unwrap();
        drop((stdio, channel));
        assert!(plugin.wait().success());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_is_healthy() {
        let (_plugin, channel) = connected().await;
        let mut health = HealthClient::new(channel);
        let request = HealthCheckRequest { service: "plugin".to_owned() };
        assert_eq!(health.check(request).await.unwrap().into_inner().status, 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn debugged_it_says_how_to_attach_and_ends_at_an_interrupt() {
        let place = tempfile::tempdir().unwrap();
        let mut child = command(&place).arg("-debug").spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut said = Vec::new();
        let mut bytes = [0; 1024];
        while !String::from_utf8_lossy(&said).contains("Ctrl-C") {
            let count = stdout.read(&mut bytes).unwrap();
            assert!(count > 0, "ended early");
            said.extend(&bytes[..count]);
        }
        let said = String::from_utf8(said).unwrap();
        let json = said.split('\'').nth(1).unwrap();
        let attach: serde_json::Value = serde_json::from_str(json).unwrap();
        let attach = &attach["registry.terraform.io/tfplugin/echo"];
        assert_eq!(attach["Test"], true);
        assert_eq!(attach["ProtocolVersion"], 6);
        assert_eq!(attach["Pid"], child.id());
        let mut plugin = Plugin::start(&[("TF_DISABLE_PLUGIN_TLS", "1")], &[]);
        plugin.fields[3] = attach["Addr"]["String"].as_str().unwrap().to_owned();
        assert!(has_schema(plugin.connect_plainly().await.unwrap()).await);
        let pid = child.id().to_string();
        std::process::Command::new("kill").args(["-s", "INT", &pid]).status().unwrap();
        assert!(finish(child).status.success());
    }
}
