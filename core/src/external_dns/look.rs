//! Where everything stands: the objects, their ExternalDNS, and the records.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::deployed::{Program, Settings};
use super::desk;
use super::preflight::{of_objects, of_records, types};
use super::source::Source;
use super::{ExternalDnsShift, Place, Position, Refusal};
use crate::aws::Error;
use crate::engine::both::Both;
use crate::engine::gate::Side;
use crate::route53::RecordName;
use crate::route53::record_shift::{self, Records, Sight};
use crate::share::Weights;

/// Where everything stands.
#[derive(Debug, Clone)]
pub struct Look {
    /// The objects.
    pub objects: Both<Source>,
    /// How their ExternalDNS are deployed.
    pub settings: Both<Settings>,
    /// The weights that the objects say.
    pub position: Position,
    /// The records that move: every type that the set identifiers have.
    pub moved: Records,
    /// The weights that Route 53 has.
    pub records: record_shift::Position,
    /// How long resolvers keep the records' answers.
    pub ttl: Duration,
    /// Other names that an object asks for, whose weights are the same annotation.
    pub other_names: BTreeSet<String>,
}

impl Look {
    /// Whether Route 53 does not show what the objects say.
    pub fn lags(&self) -> bool {
        self.position.values().any(|said| lags(&self.records, said))
    }
}

/// Whether records show other weights than the objects say.
pub(super) fn lags(records: &record_shift::Position, said: &Weights) -> bool {
    records.values().any(|weights| (weights.blue, weights.green) != (said.blue, said.green))
}

impl ExternalDnsShift {
    /// Looks at everything. The zone is a listing that all share who ask in the same while; so are the Deployments.
    ///
    /// # Errors
    ///
    /// [`Refusal`]: what could not be read, or cannot be told, or stands in the way.
    pub async fn look(&self) -> Result<Look, Refusal> {
        let objects = self.objects().await?;
        let places = &self.names.places;
        let settings = Both {
            blue: self.settings(Side::Blue, &places.blue).await?,
            green: self.settings(Side::Green, &places.green).await?,
        };
        let pair = &self.names.pair;
        let fields = Both { blue: self.field(Side::Blue, &settings), green: self.field(Side::Green, &settings) };
        let mut unfit = of_objects(&objects, &settings, &fields, pair);
        let zone = Box::pin(self.reader.zone(&self.names.zone_id)).await?;
        let named = zone.named(&self.names.name);
        let moved = Records {
            zone_id: self.names.zone_id.clone(),
            name: self.names.name.clone(),
            types: types(&named, pair),
            pair: pair.clone(),
            green: None,
            adopt_simple: false,
            seen: BTreeMap::new(),
        };
        unfit.extend(of_records(&zone.records, &moved, &settings));
        if !unfit.is_empty() {
            return Err(Refusal::Unfit(unfit));
        }
        let sights = moved.sights(&named);
        let mut other_names = BTreeSet::new();
        for (side, settings) in settings.each() {
            other_names.extend(objects.of(side).names(&settings.prefix));
        }
        other_names.retain(|name| RecordName::parse(name).as_ref() != Ok(&self.names.name));
        Ok(Look {
            position: self.position(&objects, &settings),
            ttl: record_shift::ttl(&sights).unwrap_or_default(),
            records: weights(sights),
            objects,
            settings,
            moved,
            other_names,
        })
    }

    /// The two objects as they are now.
    pub(super) async fn objects(&self) -> Result<Both<Source>, Refusal> {
        let read = async |side: Side| {
            let Place { cluster, object, .. } = self.names.places.of(side);
            let Some(resource) = self.desk.resource(cluster, object.kind).await? else {
                let (kind, versions) = (object.kind.as_str(), object.kind.versions().join(", "));
                return Err(Refusal::NotServed { side, cluster: cluster.to_string(), kind, versions });
            };
            let found = desk::object(cluster, object, &resource).await?;
            found.ok_or_else(|| Refusal::NoObject { side, object: object.to_string(), cluster: cluster.to_string() })
        };
        let (blue, green) = tokio::join!(read(Side::Blue), read(Side::Green));
        Ok(Both { blue: blue?, green: green? })
    }

    /// The weights that objects say.
    pub(super) fn position(&self, objects: &Both<Source>, settings: &Both<Settings>) -> Position {
        let weight = |side: Side| objects.of(side).weight(&self.field(side, settings));
        let weights = Weights { blue: weight(Side::Blue), green: weight(Side::Green), strangers: Vec::new() };
        BTreeMap::from([(self.names.name.clone(), weights)])
    }

    /// The weights in Route 53 as they are now.
    pub(super) async fn records(&self, moved: &Records) -> Result<record_shift::Position, Error> {
        let named = Box::pin(self.reader.named(&self.names.zone_id, &self.names.name)).await?;
        // A type that has come since moves as well.
        let moved = Records { types: types(&named, &moved.pair), ..moved.clone() };
        Ok(weights(moved.sights(&named)))
    }

    /// How a side's ExternalDNS is deployed.
    async fn settings(&self, side: Side, place: &Place) -> Result<Settings, Refusal> {
        if let Some(given) = &place.given {
            return Ok(given.clone());
        }
        let untold = |why: String| Refusal::Untold { side, cluster: place.cluster.to_string(), why };
        let programs = self.desk.programs(&place.cluster).await?;
        let looking: Vec<&Program> =
            programs.iter().filter(|program| program.looks_at(place.object.kind.source())).collect();
        match looking.as_slice() {
            [one] => one.settings(place.object.kind).map_err(untold),
            [] => {
                let found: Vec<String> = programs.iter().map(ToString::to_string).collect();
                let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
                Err(untold(format!(
                    "no Deployment runs it with --source={}; found: {found}",
                    place.object.kind.source()
                )))
            }
            several => {
                let found: Vec<&str> = several.iter().map(|program| program.deployment.as_str()).collect();
                Err(untold(format!("several Deployments run it for this kind: {}", found.join(", "))))
            }
        }
    }
}

fn weights(sights: BTreeMap<crate::route53::RecordType, Sight>) -> record_shift::Position {
    let seen = sights.into_iter().filter_map(|(kind, sight)| match sight {
        Sight::Seen(seen) => Some((kind, seen.weights)),
        Sight::Foreign(_) => None,
    });
    seen.collect()
}
