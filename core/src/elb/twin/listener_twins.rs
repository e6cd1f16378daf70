//! Making, changing and deleting the twin of a network load balancer's listener.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::described;
use super::error::{Failed, TwinError};
use super::handover::Handover;
use super::listener::{Listener, Ports, is_of_network, twin_of};
use super::tags::{MARK, Tags};
use super::writer::Writer;
use crate::aws::Aws;
use crate::elb::read::ElbReader;
use crate::elb::{Error, ListenerArn, TargetGroupArn};

/// How often a port is looked for that someone else took first.
const TRIES: u32 = 5;

/// A twin to be made.
#[derive(Debug, Clone)]
pub struct ListenerOrder {
    /// Whose twin.
    pub source: ListenerArn,
    /// Where it forwards to.
    pub target_group: TargetGroupArn,
    /// Where it listens.
    pub ports: Ports,
    /// The tags that it has over its source's.
    pub tags: Tags,
}

/// A twin that is there.
#[derive(Debug, Clone)]
pub struct MadeListener {
    /// The twin.
    pub arn: ListenerArn,
    /// What it is now.
    pub twin: Listener,
    /// What its source was at the time.
    pub source: Listener,
    /// Whether it was there before.
    pub adopted: bool,
}

/// Makes the twins of listeners. Cheap to clone; clones take turns at choosing a port.
#[derive(Debug, Clone)]
pub struct ListenerTwins {
    aws: Aws,
    reader: ElbReader,
    handover: Handover,
    choosing: Arc<tokio::sync::Mutex<()>>,
}

/// Where a twin is to go.
enum Place {
    There(ListenerArn, i32),
    Free(i32),
}

impl ListenerTwins {
    /// Twins that are read by this reader.
    pub fn new(reader: ElbReader) -> Self {
        Self { aws: reader.aws().clone(), reader, handover: Handover::default(), choosing: Arc::default() }
    }

    /// A listener as it is; `None` if there is none.
    ///
    /// # Errors
    ///
    /// AWS could not be asked.
    pub async fn look(&self, arn: &ListenerArn) -> Result<Option<Listener>, Error> {
        Ok(self.reader.whole_listener(arn).await?.map(described::listener))
    }

    /// Makes the twin, or goes on with one that was begun.
    ///
    /// # Errors
    ///
    /// Why it is not as ordered, with what exists of it.
    pub async fn create(
        &self,
        order: &ListenerOrder,
        stop: &CancellationToken,
    ) -> Result<MadeListener, Failed<MadeListener>> {
        let writer = Writer::new(&self.aws, stop);
        let source = writer.reading(self.look(&order.source)).await?;
        let source = source.ok_or_else(|| TwinError::Missing(order.source.to_string()))?;
        if !is_of_network(&source.protocol) {
            let protocol = source.protocol;
            return Err(TwinError::NotOfNetwork { arn: order.source.to_string(), protocol }.into());
        }
        let wanted = |port| {
            let mut wanted = twin_of(&source, port, order.target_group.as_str(), &order.tags);
            wanted.tags.insert(MARK.to_owned(), order.source.to_string());
            wanted
        };
        let (arn, port, adopted) = self.make(order, wanted, &writer).await?;
        if adopted && !self.handover.adopt(arn.as_str()) {
            return Err(TwinError::Leaving(arn.to_string()).into());
        }
        let wanted = wanted(port);
        // Until more is known of it, it is what it was made as.
        let mut twin = wanted.clone();
        let finished = async {
            let live = writer.reading(self.look(&arn)).await?;
            twin = live.ok_or_else(|| TwinError::Missing(arn.to_string()))?;
            writer.write_listener(&arn, &mut twin, &wanted).await
        };
        let finished = finished.await;
        let made = MadeListener { arn, twin, source, adopted };
        match finished {
            Ok(()) => Ok(made),
            Err(error) => Err(Failed { error, left: Some(Box::new(made)) }),
        }
    }

    /// Makes of a twin what it is to be, and says what it is then. The port that is wanted does not count: it stays as
    /// it is where it is one of `ports`, and is the lowest free one otherwise.
    ///
    /// # Errors
    ///
    /// Why it is not so, with what it is.
    pub async fn update(
        &self,
        arn: &ListenerArn,
        source: &ListenerArn,
        wanted: &Listener,
        ports: Ports,
        stop: &CancellationToken,
    ) -> Result<Listener, Failed<Listener>> {
        let writer = Writer::new(&self.aws, stop);
        let live = writer.reading(self.look(arn)).await?;
        let mut twin = live.ok_or_else(|| TwinError::Missing(arn.to_string()))?;
        let mut wanted = wanted.clone();
        wanted.tags.insert(MARK.to_owned(), source.to_string());
        let _choosing = self.choosing.lock().await;
        wanted.port = twin.port;
        if !ports.contain(twin.port) {
            let taken = writer.reading(self.taken(arn)).await?;
            let numbers: BTreeSet<i32> = taken.values().copied().collect();
            wanted.port = match ports.free(&numbers) {
                Some(port) => port,
                None => return Err(writer.reading(self.no_port(arn, ports, &taken)).await?.into()),
            };
        }
        match writer.write_listener(arn, &mut twin, &wanted).await {
            Ok(()) => Ok(twin),
            Err(error) => Err(Failed { error, left: Some(Box::new(twin)) }),
        }
    }

    /// Deletes a twin. One that does not exist is deleted.
    ///
    /// # Errors
    ///
    /// AWS could not be asked, or refused.
    pub async fn delete(&self, arn: &ListenerArn, stop: &CancellationToken) -> Result<(), TwinError> {
        if !self.handover.delete(arn.as_str()) {
            return Ok(());
        }
        let deleted = Writer::new(&self.aws, stop).delete_listener(arn).await;
        if deleted.is_err() {
            self.handover.stays(arn.as_str());
        }
        deleted
    }

    /// Finds the twin's place and takes it; whether it was the twin's before. One at a time, for two that look at once
    /// find the same port free.
    async fn make(
        &self,
        order: &ListenerOrder,
        wanted: impl Fn(i32) -> Listener,
        writer: &Writer<'_>,
    ) -> Result<(ListenerArn, i32, bool), TwinError> {
        let _choosing = self.choosing.lock().await;
        let mut tries = 0;
        loop {
            tries += 1;
            let port = match writer.reading(self.place(order)).await? {
                // After a failed try it is our own, whose reply was lost.
                Place::There(arn, port) => return Ok((arn, port, tries == 1)),
                Place::Free(port) => port,
            };
            let error = match writer.make_listener(&order.source.load_balancer_arn(), &wanted(port)).await {
                Ok(arn) => return Ok((arn, port, false)),
                Err(error) => error,
            };
            let faster = error.code() == Some("DuplicateListener");
            if faster && tries < TRIES {
                continue;
            }
            // The reply may be lost: what counts is what is there.
            return match writer.reading(self.place(order)).await {
                Ok(Place::There(arn, port)) => Ok((arn, port, false)),
                _ => Err(error),
            };
        }
    }

    /// The twin that an earlier create made and nobody heard of, or a free port.
    async fn place(&self, order: &ListenerOrder) -> Result<Place, TwinError> {
        let taken = self.taken(&order.source).await?;
        let ours = taken.iter().filter(|(_, port)| order.ports.contain(**port)).map(|(arn, _)| arn);
        let marks = self.marks(ours).await?;
        for (arn, mark) in &marks {
            if mark.as_deref() != Some(order.source.as_str()) {
                continue;
            }
            // In a range there may be twins for other target groups.
            let found = self.look(arn).await?;
            let forwards = found.is_some_and(|twin| twin.target_groups.contains(order.target_group.as_str()));
            if forwards || matches!(order.ports, Ports::One(_)) {
                return Ok(Place::There(arn.clone(), taken.get(arn).copied().unwrap_or_default()));
            }
        }
        let numbers: BTreeSet<i32> = taken.values().copied().collect();
        match order.ports.free(&numbers) {
            Some(port) => Ok(Place::Free(port)),
            None => Err(self.no_port(&order.source, order.ports, &taken).await?),
        }
    }

    /// The listeners of a listener's load balancer, with their ports.
    async fn taken(&self, listener: &ListenerArn) -> Result<BTreeMap<ListenerArn, i32>, TwinError> {
        let balancer = listener.load_balancer_arn();
        let ports = self.reader.ports_of(&balancer).await?;
        ports.ok_or_else(|| TwinError::Missing(balancer.to_string()))
    }

    /// Whose twins these listeners are.
    async fn marks(
        &self,
        listeners: impl Iterator<Item = &ListenerArn>,
    ) -> Result<BTreeMap<ListenerArn, Option<String>>, TwinError> {
        let listeners: Vec<&ListenerArn> = listeners.collect();
        let mut tags = self.reader.tags_now(listeners.iter().map(ToString::to_string).collect()).await?;
        let mut mark = |arn: &ListenerArn| tags.remove(arn.as_str()).and_then(|mut tags| tags.remove(MARK));
        Ok(listeners.into_iter().map(|arn| (arn.clone(), mark(arn))).collect())
    }

    /// Why none of the ports can be had.
    async fn no_port(
        &self,
        listener: &ListenerArn,
        ports: Ports,
        taken: &BTreeMap<ListenerArn, i32>,
    ) -> Result<TwinError, TwinError> {
        let balancer = listener.load_balancer_arn().to_string();
        let port = match ports {
            Ports::Range(first, last) => return Ok(TwinError::NoFreePort { balancer, first, last }),
            Ports::One(port) => port,
        };
        let holder = taken.iter().find(|(_, taken)| **taken == port).map(|(arn, _)| arn);
        let of = self.marks(holder.into_iter()).await?.into_values().next().flatten();
        let listener = holder.map(ToString::to_string).unwrap_or_default();
        Ok(TwinError::PortTaken { balancer, port, listener, of })
    }
}

#[cfg(test)]
mod tests;
