//! How long the provider takes to be of use, and how much memory and disk it takes, each beside its floor or target.

use std::process::Command;
use std::time::Duration;

use eksmig_tests::blocking::wait;
use eksmig_tests::patience::Watch;
use eksmig_tests::plugin_host::{Identity, PluginHost};
use eksmig_tests::provider_binary;
use tfplugin::proto::tfplugin6::get_provider_schema;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;

const ROUNDS: usize = 41;

/// One start of the provider.
struct Start {
    line: Duration,
    connected: Duration,
    schema: Duration,
    resident_kib: u64,
}

fn main() {
    let binary = provider_binary::released();
    let mut starts = Vec::new();
    let mut floors = Vec::new();
    for _ in 0..ROUNDS {
        floors.push(floor());
        starts.push(start(&binary));
    }
    // The first round fills the disk's cache.
    starts.remove(0);
    floors.remove(0);
    let of = |measure: fn(&Start) -> Duration| median(starts.iter().map(measure).collect());
    let floor = median(floors);
    let line = of(|start| start.line);
    println!("median of {} starts", starts.len());
    println!("floor: a process that does nothing      {}", milliseconds(floor));
    println!(
        "exec to handshake with mutual TLS       {}   {:.1} times the floor; target at most 5 ms",
        milliseconds(line),
        line.as_secs_f64() / floor.as_secs_f64()
    );
    println!("exec to a connection with mutual TLS    {}", milliseconds(of(|start| start.connected)));
    println!("exec to the schema                      {}", milliseconds(of(|start| start.schema)));
    let mut resident: Vec<u64> = starts.iter().map(|start| start.resident_kib).collect();
    resident.sort_unstable();
    let resident = resident[resident.len() / 2] as f64 / 1024.0;
    println!("memory after GetProviderSchema          {resident:.1} MiB   target at most 10 MiB");
    let size = std::fs::metadata(&binary).unwrap().len() as f64 / f64::from(1 << 20);
    println!("stripped binary                         {size:.1} MiB   target at most 18 MiB");
}

fn start(binary: &std::path::Path) -> Start {
    let host = PluginHost::start_as(Identity::new(), PluginHost::command_of(binary));
    let line = host.began.passed();
    wait(async {
        let channel = host.connect().await;
        let connected = host.began.passed();
        let mut client = ProviderClient::new(channel).max_decoding_message_size(256 << 20);
        client.get_provider_schema(get_provider_schema::Request::default()).await.unwrap();
        Start { line, connected, schema: host.began.passed(), resident_kib: resident(host.id()) }
    })
}

/// The time that a process takes which does nothing.
fn floor() -> Duration {
    let watch = Watch::start();
    assert!(Command::new("true").status().unwrap().success());
    watch.passed()
}

fn resident(process: u32) -> u64 {
    let output = Command::new("ps").args(["-o", "rss=", "-p", &process.to_string()]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:6.2} ms", time.as_secs_f64() * 1000.0)
}
