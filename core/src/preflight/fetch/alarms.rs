//! The alarms.

use std::collections::BTreeSet;

use crate::aws::Aws;
use crate::gates;
use crate::preflight::picture::Picture;

/// There is one call for every 100 alarms.
pub(crate) async fn read(aws: &Aws, names: &BTreeSet<String>) -> Picture {
    let mut picture = Picture::default();
    match gates::alarms(aws, names).await {
        Ok(mut alarms) => picture.alarms = names.iter().map(|name| (name.clone(), alarms.remove(name))).collect(),
        Err(error) => {
            for name in names {
                picture.cannot_tell(format!("alarm {name}"), &error);
            }
        }
    }
    picture
}
