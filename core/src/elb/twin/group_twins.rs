//! Making, changing and deleting the twin of a target group.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::described;
use super::error::{Failed, TwinError};
use super::group::{Group, Overrides, twin_of};
use super::handover::Handover;
use super::tags::MARK;
use super::writer::Writer;
use crate::aws::Aws;
use crate::elb::read::{Age, ElbReader};
use crate::elb::{Error, RouteArn, TargetGroupArn};

/// How long a target group that nothing refers to any more may seem to be in use, and how often it is tried.
const USE_FADES: (Duration, u32) = (Duration::from_secs(2), 15);

/// A twin to be made.
#[derive(Debug, Clone)]
pub struct GroupOrder {
    /// Whose twin.
    pub source: TargetGroupArn,
    /// Its name.
    pub name: String,
    /// In what it differs.
    pub over: Overrides,
}

/// A twin that is there.
#[derive(Debug, Clone)]
pub struct MadeGroup {
    /// The twin.
    pub arn: TargetGroupArn,
    /// What it is now.
    pub twin: Group,
    /// What its source was at the time.
    pub source: Group,
    /// Whether it was there before.
    pub adopted: bool,
}

/// Makes the twins of target groups. Cheap to clone.
#[derive(Debug, Clone)]
pub struct GroupTwins {
    aws: Aws,
    reader: ElbReader,
    handover: Handover,
}

impl GroupTwins {
    /// Twins that are read by this reader.
    pub fn new(reader: ElbReader) -> Self {
        Self { aws: reader.aws().clone(), reader, handover: Handover::default() }
    }

    /// A target group as it is; `None` if there is none.
    ///
    /// # Errors
    ///
    /// AWS could not be asked.
    pub async fn look(&self, arn: &TargetGroupArn, age: Age) -> Result<Option<Group>, Error> {
        Ok(self.reader.whole_group(arn, age).await?.map(described::group))
    }

    /// The target group that has a name and is nobody's twin; `None` where a twin could have the name.
    ///
    /// # Errors
    ///
    /// AWS could not be asked.
    pub async fn holder(&self, name: &str) -> Result<Option<TargetGroupArn>, Error> {
        let Some(arn) = self.reader.group_named(name).await? else { return Ok(None) };
        let tags = self.reader.tags_now(vec![arn.to_string()]).await?;
        let marked = tags.get(arn.as_str()).is_none_or(|tags| tags.contains_key(MARK));
        Ok((!marked).then_some(arn))
    }

    /// The listeners and rules that forward to a target group, be it at weight 0; up to 15 seconds old.
    ///
    /// # Errors
    ///
    /// AWS could not be asked.
    pub async fn users(&self, arn: &TargetGroupArn) -> Result<BTreeSet<RouteArn>, Error> {
        self.reader.routes_to(arn, Age::Shared).await
    }

    /// Makes the twin, or goes on with one that was begun.
    ///
    /// # Errors
    ///
    /// Why it is not as ordered, with what exists of it.
    pub async fn create(&self, order: &GroupOrder, stop: &CancellationToken) -> Result<MadeGroup, Failed<MadeGroup>> {
        let writer = Writer::new(&self.aws, stop);
        let source = writer.reading(self.look(&order.source, Age::Shared)).await?;
        let source = source.ok_or_else(|| TwinError::Missing(order.source.to_string()))?;
        let mut wanted = twin_of(&source, &order.over)
            .map_err(|unfit| TwinError::Unfit { source_arn: order.source.to_string(), unfit })?;
        wanted.tags.insert(MARK.to_owned(), order.source.to_string());

        let (arn, made, adopted) = match writer.reading(self.begun(order)).await? {
            Some(arn) => (arn, None, true),
            None => match writer.make_group(&order.name, &wanted).await {
                Ok((arn, made)) => (arn, Some(made), false),
                // The reply may be lost, or another may have been faster: what counts is what is there.
                Err(error) => match writer.reading(self.begun(order)).await {
                    Ok(Some(arn)) => (arn, None, false),
                    Ok(None) => return Err(error.into()),
                    Err(why @ TwinError::Taken { .. }) => return Err(why.into()),
                    Err(_) => return Err(error.into()),
                },
            },
        };
        if adopted && !self.handover.adopt(arn.as_str()) {
            return Err(TwinError::Leaving(arn.to_string()).into());
        }
        // Until more is known of it, it is what it was made as.
        let mut twin = wanted.clone();
        let finished = async {
            let live = match made {
                Some(made) => writer.reading(self.completed(&arn, made)).await?,
                None => writer.reading(self.look(&arn, Age::Now)).await?,
            };
            twin = live.ok_or_else(|| TwinError::Missing(arn.to_string()))?;
            let differences = twin.fixed.differences(&wanted.fixed);
            if !differences.is_empty() {
                return Err(TwinError::Apart { arn: arn.to_string(), differences });
            }
            writer.write_group(&arn, &mut twin, &wanted).await
        };
        let finished = finished.await;
        let apart = matches!(finished, Err(TwinError::Apart { .. }));
        let made = MadeGroup { arn, twin, source, adopted };
        match finished {
            Ok(()) => Ok(made),
            Err(error) => Err(Failed { error, left: (!(adopted && apart)).then(|| Box::new(made)) }),
        }
    }

    /// What AWS said of a target group when it made it, with what it did not say. To describe it again would be a call
    /// more for each of fifty twins; the tags of many are one call.
    async fn completed(&self, arn: &TargetGroupArn, made: Group) -> Result<Option<Group>, Error> {
        let attributes = match self.reader.group_attributes(arn).await {
            Err(error) if error.is_not_found() => return Ok(None),
            attributes => attributes?,
        };
        let mut tags = self.reader.tags(&BTreeSet::from([arn.to_string()])).await?;
        Ok(tags.remove(arn.as_str()).map(|tags| Group { attributes, tags, ..made }))
    }

    /// Makes of a twin what it is to be, and says what it is then.
    ///
    /// # Errors
    ///
    /// Why it is not so, with what it is.
    pub async fn update(
        &self,
        arn: &TargetGroupArn,
        source: &TargetGroupArn,
        wanted: &Group,
        stop: &CancellationToken,
    ) -> Result<Group, Failed<Group>> {
        let writer = Writer::new(&self.aws, stop);
        let live = writer.reading(self.look(arn, Age::Now)).await?;
        let mut twin = live.ok_or_else(|| TwinError::Missing(arn.to_string()))?;
        let differences = twin.fixed.differences(&wanted.fixed);
        if !differences.is_empty() {
            return Err(TwinError::Apart { arn: arn.to_string(), differences }.into());
        }
        let mut wanted = wanted.clone();
        wanted.tags.insert(MARK.to_owned(), source.to_string());
        match writer.write_group(arn, &mut twin, &wanted).await {
            Ok(()) => Ok(twin),
            Err(error) => Err(Failed { error, left: Some(Box::new(twin)) }),
        }
    }

    /// Deletes a twin. One that does not exist is deleted.
    ///
    /// # Errors
    ///
    /// It is in use, and by what; or AWS could not be asked.
    pub async fn delete(&self, arn: &TargetGroupArn, stop: &CancellationToken) -> Result<(), TwinError> {
        if !self.handover.delete(arn.as_str()) {
            return Ok(());
        }
        let deleted = self.delete_unused(arn, &Writer::new(&self.aws, stop)).await;
        if deleted.is_err() {
            self.handover.stays(arn.as_str());
        }
        deleted
    }

    async fn delete_unused(&self, arn: &TargetGroupArn, writer: &Writer<'_>) -> Result<(), TwinError> {
        let (pause, tries) = USE_FADES;
        for attempt in 1..=tries {
            let error = match writer.delete_group(arn).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            match error.code() {
                Some("TargetGroupNotFound") => return Ok(()),
                Some("ResourceInUse") => {}
                _ => return Err(error),
            }
            let routes: Vec<_> = writer.reading(self.reader.routes_to(arn, Age::Now)).await?.into_iter().collect();
            // What was just taken out of a route is in use to AWS for a while.
            if !routes.is_empty() || attempt == tries {
                return Err(TwinError::InUse { arn: arn.to_string(), routes });
            }
            writer.sleep(pause).await?;
        }
        Ok(())
    }

    /// The twin that an earlier create made and nobody heard of.
    async fn begun(&self, order: &GroupOrder) -> Result<Option<TargetGroupArn>, TwinError> {
        let Some(arn) = self.reader.group_named(&order.name).await? else { return Ok(None) };
        let mut tags = self.reader.tags_now(vec![arn.to_string()]).await?;
        let Some(mut tags) = tags.remove(arn.as_str()) else { return Ok(None) };
        let of = tags.remove(MARK);
        if of.as_deref() == Some(order.source.as_str()) {
            return Ok(Some(arn));
        }
        Err(TwinError::Taken { name: order.name.clone(), arn: arn.to_string(), of })
    }
}

#[cfg(test)]
mod tests;
