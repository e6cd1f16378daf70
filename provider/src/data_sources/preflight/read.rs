//! Looking before a migration.

use eksmig_core::preflight::{self, Check, Eyes, Finding, Order};
use tfplugin::{CancellationToken, Diagnostic, Diagnostics, Value};

use super::config;
use crate::report::survey as report;
use crate::session::{Session, Sessions};

/// Looks, and adds what is found to the configuration. Nothing that is found fails it.
pub async fn read(
    sessions: &Sessions,
    config: &Value,
    stop: CancellationToken,
) -> Result<(Value, Diagnostics), Diagnostics> {
    let order = config::read(config)?.known().ok_or_else(|| report::not_known("objects"))?;
    let session = sessions.needed()?;
    within_reach(&session, &order).await?;
    let eyes = Eyes {
        aws: session.aws.clone(),
        balancers: session.reader.clone(),
        records: session.record_reader.clone(),
        desk: session.desk.clone(),
    };
    let look = preflight::look(&eyes, &order);
    let found = stop.run_until_cancelled(look).await.ok_or_else(report::stopped)?;

    let mut state = config.clone();
    state.set_attr("passed", found.passed());
    state.set_attr("findings", Value::list(found.findings.iter().map(finding)));
    state.set_attr("report", found.markdown());
    Ok((state, Diagnostics::default()))
}

/// An object of another region would seem not to exist, which is a fault of the configuration and not of the object.
async fn within_reach(session: &Session, order: &Order) -> Result<(), Diagnostic> {
    let groups = order.pairs.values().flat_map(|pair| [&pair.blue, &pair.green]);
    let listeners = order.swaps.values().flat_map(|swap| [&swap.blue, &swap.green]);
    let named: [(&str, Vec<(&str, &str)>); 3] = [
        ("target_group_pairs", groups.map(|arn| (arn.as_str(), arn.region())).collect()),
        ("route_arns", order.routes.iter().map(|arn| (arn.as_str(), arn.region())).collect()),
        ("port_swaps", listeners.map(|arn| (arn.as_str(), arn.region())).collect()),
    ];
    // Who names none needs no region for it.
    for (attribute, arns) in named.into_iter().filter(|(_, arns)| !arns.is_empty()) {
        session.reaches("Object", attribute, arns).await?;
    }
    Ok(())
}

fn finding(found: &Finding) -> Value {
    Value::object([
        ("severity", Value::from(found.severity.as_str())),
        ("code", Value::from(found.code)),
        ("object", Value::from(found.object.as_str())),
        ("message", Value::from(found.message.as_str())),
        ("remedy", Value::from(found.remedy.as_str())),
        ("anchor", Value::from(Check::page(found.code))),
    ])
}
