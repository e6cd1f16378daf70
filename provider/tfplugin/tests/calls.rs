//! What a provider answers to a host's calls, the odd ones above all.

#[cfg(test)]
#[allow(dead_code, clippy::disallowed_methods, reason = "each file uses some of it; a real process takes real time")]
mod host;

#[cfg(test)]
mod tests {
    use tfplugin::proto::tfplugin6::*;
    use tfplugin::{Refinement, Type, Value, msgpack};
    use tonic::Code;

    use crate::host::{connected, dynamic, note, note_type, provider, read_note, shut_down, texts};

    const TYPE: &str = "echo_note";

    fn null() -> Option<DynamicValue> {
        Some(dynamic(&Value::Null, &note_type()))
    }

    fn create(text: &str) -> apply_resource_change::Request {
        let planned = [("text", Value::from(text)), ("id", Value::unknown()), ("kind", Value::from("plain"))];
        apply_resource_change::Request {
            type_name: TYPE.to_owned(),
            prior_state: null(),
            planned_state: Some(note(planned)),
            config: Some(note([("text", Value::from(text))])),
            planned_private: b"planned".to_vec(),
            ..Default::default()
        }
    }

    fn update(text: &str) -> apply_resource_change::Request {
        let prior = [("text", Value::from("before")), ("id", Value::from("1")), ("kind", Value::from("plain"))];
        let planned = [("text", Value::from(text)), ("id", Value::from("1")), ("kind", Value::from("plain"))];
        apply_resource_change::Request {
            prior_state: Some(note(prior)),
            planned_state: Some(note(planned)),
            ..create(text)
        }
    }

    fn destroy(text: &str) -> apply_resource_change::Request {
        let prior = [("text", Value::from(text)), ("id", Value::from("1")), ("kind", Value::from("plain"))];
        apply_resource_change::Request {
            prior_state: Some(note(prior)),
            planned_state: null(),
            config: null(),
            ..create(text)
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_schema_is_what_terraform_takes() {
        let (_plugin, channel) = connected().await;
        let schema =
            provider(channel.clone()).get_provider_schema(get_provider_schema::Request {}).await.unwrap().into_inner();
        assert!(schema.diagnostics.is_empty());
        let capabilities = schema.server_capabilities.unwrap();
        assert!(capabilities.plan_destroy && capabilities.get_provider_schema_optional);
        assert!(capabilities.move_resource_state && !capabilities.generate_resource_config);
        assert!(schema.provider.is_some());
        let note = &schema.resource_schemas[TYPE];
        assert_eq!(note.version, 1);
        for attribute in &note.block.as_ref().unwrap().attributes {
            assert_ne!(attribute.r#type.is_empty(), attribute.nested_type.is_none(), "{}", attribute.name);
        }
        assert!(schema.data_source_schemas.contains_key("echo_length"));
        assert!(schema.functions.contains_key("join"));

        let functions = provider(channel.clone()).get_functions(get_functions::Request {}).await.unwrap();
        assert_eq!(functions.into_inner().functions, schema.functions);
        let metadata = provider(channel).get_metadata(get_metadata::Request {}).await.unwrap().into_inner();
        assert_eq!(metadata.resources[0].type_name, TYPE);
        assert_eq!(metadata.server_capabilities, Some(capabilities));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_stop_ends_what_runs_and_nothing_later() {
        let (plugin, channel) = connected().await;
        let mut client = provider(channel.clone());
        for round in 1..=2 {
            let mut running = client.clone();
            let applying = tokio::spawn(async move { running.apply_resource_change(create("wait")).await });
            let begun = || plugin.log().matches("\"waiting\"").count() == round;
            crate::host::wait_until("the apply", || begun().then_some(()));
            let other = client.apply_resource_change(create("a")).await.unwrap();
            assert!(other.into_inner().diagnostics.is_empty());
            assert!(!applying.is_finished(), "nobody has told it to stop");

            let stopped = client.stop_provider(stop_provider::Request {}).await.unwrap();
            assert_eq!(stopped.into_inner().error, "");

            let applied = applying.await.unwrap().unwrap().into_inner();
            assert_eq!(texts(&applied.diagnostics), ["Failed: As asked."]);
            assert_eq!(read_note(applied.new_state).attr("id"), &Value::from("stopped"));
            assert_eq!(applied.private, b"stopped");
            let next = client.apply_resource_change(create("a")).await.unwrap().into_inner();
            assert!(next.diagnostics.is_empty());
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_caller_that_goes_away_is_a_stop() {
        let (plugin, channel) = connected().await;
        let mut client = provider(channel);
        let applying = tokio::spawn(async move { client.apply_resource_change(create("wait")).await });
        plugin.wait_for_log("\"waiting\"");
        assert!(!plugin.log().contains("call ends"));
        applying.abort();
        plugin.wait_for_log("call ends");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_panic_is_an_error_of_one_object() {
        let (mut plugin, channel) = connected().await;
        let mut client = provider(channel.clone());
        let applied = client.apply_resource_change(update("panic apply")).await.unwrap().into_inner();
        let said = texts(&applied.diagnostics).join("\n");
        assert!(said.starts_with("Internal error in echo_note: ApplyResourceChange of echo_note"), "{said}");
        assert!(said.contains("as asked"), "{said}");
        assert!(read_note(applied.new_state).is_null(), "the host keeps the prior state");

        let planned = client
            .plan_resource_change(plan_resource_change::Request {
                type_name: TYPE.to_owned(),
                prior_state: null(),
                proposed_new_state: Some(note([("text", Value::from("panic plan"))])),
                config: Some(note([("text", Value::from("panic plan"))])),
                prior_private: b"prior".to_vec(),
                ..Default::default()
            })
            .await
            .unwrap()
            .into_inner();
        assert_eq!(planned.planned_private, b"prior");
        assert!(planned.diagnostics[0].detail.starts_with("PlanResourceChange"));

        let next = client.apply_resource_change(create("a")).await.unwrap().into_inner();
        assert!(next.diagnostics.is_empty());

        shut_down(&channel).await;
        plugin.wait();
        let log = plugin.log();
        assert!(log.contains("\"panicked\""));
        for line in log.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            for key in ["@level", "@message", "@module", "@timestamp"] {
                assert!(line[key].is_string(), "{line}");
            }
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_failure_keeps_what_is_true() {
        let (_plugin, channel) = connected().await;
        let mut client = provider(channel);

        // Half created: what is true is saved, without the unknowns.
        let half = client.apply_resource_change(create("fail create")).await.unwrap().into_inner();
        assert_eq!(half.diagnostics[0].summary, "Failed");
        let state = read_note(half.new_state);
        assert_eq!(state.attr("text"), &Value::from("fail create"));
        assert_eq!(state.attr("id"), &Value::Null);
        assert_eq!(half.private, b"half");

        // No state beside an error: the host keeps the prior one.
        for request in [update("fail update"), destroy("fail destroy")] {
            let failed = client.apply_resource_change(request).await.unwrap().into_inner();
            assert_eq!(failed.diagnostics[0].summary, "Failed");
            assert!(read_note(failed.new_state).is_null());
        }
        let gone = client.apply_resource_change(destroy("a")).await.unwrap().into_inner();
        assert!(gone.diagnostics.is_empty() && read_note(gone.new_state).is_null());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_object_that_cannot_be_seen_is_not_gone() {
        let (_plugin, channel) = connected().await;
        let current = note([("text", Value::from("fail read")), ("id", Value::from("1"))]);
        let request = read_resource::Request {
            type_name: TYPE.to_owned(),
            current_state: Some(current.clone()),
            private: b"kept".to_vec(),
            ..Default::default()
        };
        let read = provider(channel).read_resource(request).await.unwrap().into_inner();
        assert_eq!(read.diagnostics[0].summary, "Failed");
        assert_eq!((read.new_state, read.private), (Some(current), b"kept".to_vec()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_request_that_cannot_be_read_changes_nothing() {
        let (_plugin, channel) = connected().await;
        let mut client = provider(channel);
        let garbage = || DynamicValue { msgpack: vec![0xc1, 0xff], json: Vec::new() };
        let read = client
            .read_resource(read_resource::Request {
                type_name: TYPE.to_owned(),
                current_state: Some(garbage()),
                private: b"kept".to_vec(),
                ..Default::default()
            })
            .await
            .unwrap()
            .into_inner();
        assert!(texts(&read.diagnostics)[0].contains("is not MessagePack"));
        assert_eq!((read.new_state, read.private), (Some(garbage()), b"kept".to_vec()));

        let planned_state = Some(garbage());
        let request = apply_resource_change::Request { planned_state, ..create("a") };
        let applied = client.apply_resource_change(request).await.unwrap().into_inner();
        assert!(texts(&applied.diagnostics)[0].contains("is not MessagePack"));
        assert_eq!(applied.new_state, None);

        let unknown = apply_resource_change::Request { type_name: "echo_nothing".to_owned(), ..create("a") };
        let applied = client.apply_resource_change(unknown).await.unwrap().into_inner();
        assert_eq!(texts(&applied.diagnostics), ["Unknown resource: echo 0.1.0 has no resource \"echo_nothing\"."]);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_not_offered_is_unimplemented() {
        let (_plugin, channel) = connected().await;
        let mut client = provider(channel);
        let identities = client.get_resource_identity_schemas(get_resource_identity_schemas::Request {}).await.unwrap();
        assert!(identities.into_inner().identity_schemas.is_empty());
        let opened = client.open_ephemeral_resource(open_ephemeral_resource::Request::default()).await;
        assert_eq!(opened.unwrap_err().code(), Code::Unimplemented);
        let listed = client.list_resource(list_resource::Request::default()).await;
        assert_eq!(listed.unwrap_err().code(), Code::Unimplemented);
        let invoked = client.invoke_action(invoke_action::Request::default()).await;
        assert_eq!(invoked.unwrap_err().code(), Code::Unimplemented);
        let locked = client.lock_state(lock_state::Request::default()).await;
        assert_eq!(locked.unwrap_err().code(), Code::Unimplemented);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn large_values_pass_both_ways() {
        let (_plugin, channel) = connected().await;
        let text = "x".repeat(6 << 20);
        let applied = provider(channel).apply_resource_change(create(&text)).await.unwrap().into_inner();
        assert_eq!(read_note(applied.new_state).attr("id").as_str().unwrap().len(), text.len());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_stored_state_is_read_or_upgraded() {
        let (_plugin, channel) = connected().await;
        let mut client = provider(channel);
        let mut upgrade = async |version, json: &str, flatmap: &[(&str, &str)]| {
            let request = upgrade_resource_state::Request {
                type_name: TYPE.to_owned(),
                version,
                raw_state: Some(RawState {
                    json: json.as_bytes().to_vec(),
                    flatmap: flatmap.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
                }),
            };
            let upgraded = client.upgrade_resource_state(request).await.unwrap().into_inner();
            match upgraded.diagnostics.is_empty() {
                true => Ok(read_note(upgraded.upgraded_state)),
                false => Err(texts(&upgraded.diagnostics).remove(0)),
            }
        };
        let same = upgrade(1, r#"{"id":"1","text":"a","share":0.1,"gone":true}"#, &[]).await.unwrap();
        assert_eq!(same.attr("share"), &Value::Number("0.1".parse().unwrap()));
        assert_eq!(same.attr("step"), &Value::List(vec![]), "a repeated block is never null");
        let older = upgrade(0, r#"{"body":"old"}"#, &[]).await.unwrap();
        assert_eq!(older.attr("text"), &Value::from("old"));
        assert_eq!(older.attr("step"), &Value::List(vec![]));

        assert_eq!(upgrade(0, "{}", &[]).await.unwrap_err(), "Not a note: It has no body.");
        let unfit = upgrade(1, r#"{"labels":[1]}"#, &[]).await.unwrap_err();
        assert!(unfit.contains("labels: must be string, not a number"), "{unfit}");
        assert!(upgrade(1, "{", &[]).await.unwrap_err().starts_with("Malformed request"));
        assert!(upgrade(1, "", &[("id", "1")]).await.unwrap_err().starts_with("State is too old"));
        let later = upgrade(2, "{}", &[]).await.unwrap_err();
        assert!(later.starts_with("State of a newer provider") && later.contains("up to version 1"), "{later}");
        assert!(upgrade(-1, "{}", &[]).await.unwrap_err().starts_with("Unreadable state"));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_plan_passes_promises_on() {
        let (_plugin, channel) = connected().await;
        let proposed = [("text", Value::Unknown(Refinement::NOT_NULL)), ("kind", Value::unknown())];
        let planned = provider(channel)
            .plan_resource_change(plan_resource_change::Request {
                type_name: TYPE.to_owned(),
                prior_state: null(),
                proposed_new_state: Some(note(proposed.clone())),
                config: Some(note(proposed)),
                ..Default::default()
            })
            .await
            .unwrap()
            .into_inner();
        let state = read_note(planned.planned_state);
        assert_eq!(state.attr("text"), &Value::Unknown(Refinement::NOT_NULL));
        assert_eq!(state.attr("kind"), &Value::unknown());
        assert_eq!(planned.requires_replace.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn validation_points_at_the_attribute() {
        let (_plugin, channel) = connected().await;
        let mut client = provider(channel);
        let mut validate = async |config: DynamicValue, write_only_attributes_allowed| {
            let request = validate_resource_config::Request {
                type_name: TYPE.to_owned(),
                config: Some(config),
                client_capabilities: Some(ClientCapabilities { write_only_attributes_allowed, ..Default::default() }),
            };
            let validated = client.validate_resource_config(request).await.unwrap().into_inner();
            texts(&validated.diagnostics)
        };
        let text = || ("text", Value::from("a"));
        assert!(validate(note([text()]), true).await.is_empty());
        let over = validate(note([text(), ("share", Value::from(101_i64))]), true).await;
        assert_eq!(over, ["Invalid value: share must be between 0 and 100, not 101."]);
        let own = validate(note([("text", Value::from("forbidden"))]), true).await;
        assert_eq!(own, ["Forbidden: It says so itself."]);
        let secret = validate(note([text(), ("secret", Value::from("s"))]), false).await;
        assert!(secret[0].starts_with("Write-only attribute not supported"));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn import_and_move() {
        let (_plugin, channel) = connected().await;
        let mut client = provider(channel);
        let imported = client
            .import_resource_state(import_resource_state::Request {
                type_name: TYPE.to_owned(),
                id: "x".to_owned(),
                ..Default::default()
            })
            .await
            .unwrap()
            .into_inner();
        let one = imported.imported_resources.into_iter().next().unwrap();
        assert_eq!((one.type_name.as_str(), one.private.as_slice()), (TYPE, &b"imported"[..]));
        assert_eq!(read_note(one.state).attr("step"), &Value::List(vec![]));

        let mut moved = async |source: &str| {
            let request = move_resource_state::Request {
                source_provider_address: "terraform.io/builtin/terraform".to_owned(),
                source_type_name: source.to_owned(),
                source_state: Some(RawState { json: br#"{"id":"7"}"#.to_vec(), ..Default::default() }),
                target_type_name: TYPE.to_owned(),
                ..Default::default()
            };
            client.move_resource_state(request).await.unwrap().into_inner()
        };
        assert_eq!(read_note(moved("terraform_data").await.target_state).attr("id"), &Value::from("7"));
        assert_eq!(moved("null_resource").await.diagnostics[0].summary, "Move not supported");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn functions_and_data_sources() {
        let (_plugin, channel) = connected().await;
        let mut client = provider(channel);
        let text = |text: &str| dynamic(&Value::from(text), &Type::String);
        let mut join = async |arguments: Vec<DynamicValue>| {
            let name = "join".to_owned();
            client.call_function(call_function::Request { name, arguments }).await.unwrap().into_inner()
        };
        let joined = join(vec![text("-"), text("a"), text("b")]).await.result.unwrap();
        let ty = Type::object([("text", Type::String), ("counts", Type::map(Type::Number))]);
        assert_eq!(msgpack::decode(&joined.msgpack, &ty).unwrap().attr("text"), &Value::from("a-b"));
        let error = join(vec![text("-----")]).await.error.unwrap();
        assert_eq!((error.text.as_str(), error.function_argument), ("The separator is too long.", Some(0)));
        let error = join(vec![]).await.error.unwrap();
        assert_eq!(error.text, "It takes 1 arguments, not 0.");
        let error = join(vec![text("-"), dynamic(&Value::from(true), &Type::Bool)]).await.error.unwrap();
        assert_eq!(error.function_argument, Some(1));

        let ty = Type::object([("text", Type::String), ("length", Type::Number)]);
        let config = dynamic(&Value::object([("text", Value::from("abc"))]), &ty);
        let request = read_data_source::Request {
            type_name: "echo_length".to_owned(),
            config: Some(config),
            ..Default::default()
        };
        let found = client.read_data_source(request).await.unwrap().into_inner();
        let state = msgpack::decode(&found.state.unwrap().msgpack, &ty).unwrap();
        assert_eq!(state.attr("length"), &Value::from(3_i64));
    }
}
