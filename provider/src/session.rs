//! What the resources of one configured provider share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use eksmig_core::apigateway::Apis;
use eksmig_core::apigateway::port_swap::Desk;
use eksmig_core::aws::{Aws, Budgets};
use eksmig_core::clock::{Clock, SystemClock};
use eksmig_core::elb::ElbReader;
use eksmig_core::elb::twin::{GroupTwins, ListenerTwins};
use eksmig_core::elb::write::ElbWriter;
use eksmig_core::external_dns;
use eksmig_core::route53::{Route53Reader, Route53Writer};
use tfplugin::Diagnostic;

use crate::claims::Claims;
use crate::clusters::Clusters;
use crate::configuration::Configuration;
use crate::events::Events;
use crate::notices;
use crate::report;

/// One configured provider: its way to AWS, and what was read and claimed through it.
#[derive(Debug)]
pub struct Session {
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// The way to AWS. Nothing is called before something is asked.
    pub aws: Aws,
    /// Reads load balancers, sharing what many ask for.
    pub reader: ElbReader,
    /// Writes load balancers.
    pub writer: ElbWriter,
    /// Makes the twins of target groups.
    pub group_twins: GroupTwins,
    /// Makes the twins of listeners.
    pub listener_twins: ListenerTwins,
    /// Reads records, sharing what many ask for.
    pub record_reader: Route53Reader,
    /// Writes records.
    pub record_writer: Route53Writer,
    /// Where swaps of APIs meet.
    pub desk: Desk,
    /// The Kubernetes clusters, by key. None is reached out to before it is asked for something.
    pub clusters: Clusters,
    /// Reads and writes the annotations by which ExternalDNS is told weights.
    pub annotations: external_dns::Desk,
    /// Which resource moves what where.
    pub claims: Claims,
    /// Who writes down what happens.
    pub events: Events,
    /// Whether something was applied through it.
    applies: AtomicBool,
}

impl Session {
    /// Notes that Terraform is carrying a plan out. It configures a provider anew for each of its walks, so what it asks
    /// of this one from now on belongs to the same apply.
    pub fn note_apply(&self) {
        self.applies.store(true, Ordering::Relaxed);
    }

    /// Refuses objects in another region than the provider's, where they would seem not to exist. `what` they are is in
    /// one capitalised word, `attribute` names them, and each is an ARN with its region.
    ///
    /// # Errors
    ///
    /// The first that is elsewhere, or that the provider's region is not known.
    pub async fn reaches<'a>(
        &self,
        what: &str,
        attribute: &str,
        objects: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), Diagnostic> {
        let ours = self.aws.region().await.map_err(|error| report::unreachable(&error))?;
        let stray = objects.into_iter().find(|(_, region)| *region != ours);
        stray.map_or(Ok(()), |(arn, region)| Err(report::elsewhere(what, arn, region, &ours, attribute)))
    }

    /// Whether Terraform is known to be carrying a plan out.
    pub fn applies(&self) -> bool {
        self.applies.load(Ordering::Relaxed)
    }
}

/// The session of the present configuration, for resources that were made before there was one. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions {
    clock: Arc<dyn Clock>,
    /// Outlives configurations, so that all of one process share their budgets of calls.
    budgets: Budgets,
    events: Events,
    current: Arc<RwLock<Current>>,
}

#[derive(Debug, Default)]
enum Current {
    #[default]
    Unconfigured,
    /// Terraform plans with a provider configuration that it does not know yet. The text names what is unknown.
    Unknown(String),
    Configured(Arc<Session>),
}

impl Sessions {
    /// No session yet.
    pub fn new() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let (budgets, events) = (Budgets::new(clock.clone()), Events::from_environment(clock.clone()));
        Self { budgets, events, clock, current: Arc::default() }
    }

    /// Begins the session of a new configuration.
    pub fn begin(&self, config: Configuration) {
        let aws = Aws::sharing(config.aws, self.clock.clone(), self.budgets.clone());
        let reader = ElbReader::new(aws.clone());
        let writer = ElbWriter::new(aws.clone(), reader.clone());
        let record_reader = Route53Reader::new(aws.clone());
        let record_writer = Route53Writer::new(aws.clone(), record_reader.clone());
        let desk = Desk::new(Apis::new(aws.clone()));
        let session = Session {
            clock: self.clock.clone(),
            clusters: Clusters::new(config.clusters, &aws),
            aws,
            group_twins: GroupTwins::new(reader.clone()),
            listener_twins: ListenerTwins::new(reader.clone()),
            reader,
            writer,
            record_reader,
            record_writer,
            annotations: external_dns::Desk::new(self.clock.clone()),
            desk,
            claims: Claims::default(),
            events: self.events.clone(),
            applies: AtomicBool::new(false),
        };
        self.set(Current::Configured(Arc::new(session)));
    }

    /// Where events go.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Notes that the configuration is not known yet.
    pub fn postpone(&self, unknown: String) {
        self.set(Current::Unknown(unknown));
    }

    fn set(&self, current: Current) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
    }

    /// The session; none while the provider's configuration is unknown, as it can be in a plan.
    pub fn known(&self) -> Option<Arc<Session>> {
        match &*self.current.read().unwrap_or_else(PoisonError::into_inner) {
            Current::Configured(session) => Some(session.clone()),
            Current::Unconfigured | Current::Unknown(_) => None,
        }
    }

    /// The session, where nothing can be done without one.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn needed(&self) -> Result<Arc<Session>, Diagnostic> {
        match &*self.current.read().unwrap_or_else(PoisonError::into_inner) {
            Current::Configured(session) => Ok(session.clone()),
            Current::Unconfigured => Err(notices::PROVIDER_NOT_CONFIGURED.says(
                "Terraform asked for something that needs AWS before it configured the provider. This is a fault of \
                 eksmig or of Terraform; please report it.",
            )),
            Current::Unknown(unknown) => Err(notices::PROVIDER_CONFIGURATION_NOT_KNOWN_YET.says(format!(
                "AWS has to be asked now, and {unknown} in the provider's configuration is known only after apply. \
                     Apply what it depends on first, with -target."
            ))),
        }
    }
}
