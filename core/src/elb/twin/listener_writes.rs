//! The calls that make a listener what it is to be.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, Certificate, ListenerAttribute, ProtocolEnum};

use super::described;
use super::error::TwinError;
use super::listener::{Change, Listener};
use super::writer::{Writer, called};
use crate::aws;
use crate::elb::{Error, ListenerArn, LoadBalancerArn};

/// The ALPN policy of a listener that negotiates none. (Elastic Load Balancing API, CreateListener.)
const NO_ALPN: &str = "None";

impl Writer<'_> {
    /// Makes a listener, but for its attributes and further certificates, of which a create takes none.
    ///
    /// # Errors
    ///
    /// What AWS answered, or the stop.
    pub(crate) async fn make_listener(
        &self,
        balancer: &LoadBalancerArn,
        wanted: &Listener,
    ) -> Result<ListenerArn, TwinError> {
        const ACTION: &str = "create the listener";
        let object = format!("on port {} of {balancer}", wanted.port);
        let request = self
            .room()
            .await?
            .create_listener()
            .load_balancer_arn(balancer.as_str())
            .protocol(ProtocolEnum::from(wanted.protocol.as_str()))
            .port(wanted.port)
            .set_ssl_policy(wanted.ssl_policy.clone())
            .set_alpn_policy(wanted.alpn_policy.clone().map(|policy| vec![policy]))
            .set_certificates(certificates(&wanted.certificate))
            .set_default_actions(wanted.target_groups.first().map(|group| vec![forward(group)]))
            .set_tags(described::tags(&wanted.tags));
        let making = async {
            let made = request.send().await.map_err(|error| aws::Error::call(ACTION, &object, error))?;
            let listener = made.listeners.unwrap_or_default().into_iter().next();
            let arn = listener.and_then(|listener| listener.listener_arn).unwrap_or_default();
            let answer = |reason| Error::Answer { action: ACTION, object: object.clone(), reason };
            Ok(ListenerArn::parse(&arn).map_err(|error| answer(error.to_string()))?)
        };
        self.writing(making).await
    }

    /// Writes what differs of a listener. `live` is what is true, also where it ends with an error.
    ///
    /// # Errors
    ///
    /// What AWS answered, or the stop.
    pub(crate) async fn write_listener(
        &self,
        arn: &ListenerArn,
        live: &mut Listener,
        wanted: &Listener,
    ) -> Result<(), TwinError> {
        let change = Change::between(live, wanted);
        if change.is_of_listener() {
            self.write_itself(arn, &change).await?;
            let target_groups = change.target_group.map_or(live.target_groups.clone(), |group| [group].into());
            let (more_certificates, attributes) = (live.more_certificates.clone(), live.attributes.clone());
            *live =
                Listener { more_certificates, attributes, target_groups, tags: live.tags.clone(), ..wanted.clone() };
        }
        self.write_certificates(arn, live, &change.add_certificates, &change.remove_certificates).await?;
        if !change.attributes.is_empty() {
            let pairs = change.attributes.iter();
            let pairs = pairs.map(|(key, value)| ListenerAttribute::builder().key(key).value(value).build());
            let request = self.room().await?.modify_listener_attributes().listener_arn(arn.as_str());
            let request = request.set_attributes(Some(pairs.collect()));
            self.writing(async { called("write the attributes of", arn.as_str(), request.send().await) }).await?;
            live.attributes.extend(change.attributes);
        }
        self.write_tags(arn.as_str(), &mut live.tags, change.tags).await
    }

    /// Deletes a listener. One that does not exist is deleted.
    ///
    /// # Errors
    ///
    /// What AWS answered, or the stop.
    pub(crate) async fn delete_listener(&self, arn: &ListenerArn) -> Result<(), TwinError> {
        let request = self.room().await?.delete_listener().listener_arn(arn.as_str());
        match self.writing(async { called("delete", arn.as_str(), request.send().await) }).await {
            Err(error) if error.code() == Some("ListenerNotFound") => Ok(()),
            deleted => deleted,
        }
    }

    async fn write_itself(&self, arn: &ListenerArn, change: &Change) -> Result<(), TwinError> {
        let alpn = change.alpn_policy.clone().map(|policy| vec![policy.unwrap_or_else(|| NO_ALPN.to_owned())]);
        let request = self
            .room()
            .await?
            .modify_listener()
            .listener_arn(arn.as_str())
            .set_port(change.port)
            .set_protocol(described::protocol(&change.protocol))
            .set_ssl_policy(change.ssl_policy.clone())
            .set_alpn_policy(alpn)
            .set_certificates(certificates(&change.certificate))
            .set_default_actions(change.target_group.as_deref().map(|group| vec![forward(group)]));
        self.writing(async { called("write", arn.as_str(), request.send().await) }).await
    }

    async fn write_certificates(
        &self,
        arn: &ListenerArn,
        live: &mut Listener,
        add: &BTreeSet<String>,
        remove: &BTreeSet<String>,
    ) -> Result<(), TwinError> {
        // One at a time: AWS says of none how many a call takes.
        for certificate in add {
            let request = self.room().await?.add_listener_certificates().listener_arn(arn.as_str());
            let request = request.set_certificates(certificates(&Some(certificate.clone())));
            self.writing(async { called("add a certificate to", arn.as_str(), request.send().await) }).await?;
            live.more_certificates.insert(certificate.clone());
        }
        for certificate in remove {
            let request = self.room().await?.remove_listener_certificates().listener_arn(arn.as_str());
            let request = request.set_certificates(certificates(&Some(certificate.clone())));
            self.writing(async { called("remove a certificate from", arn.as_str(), request.send().await) }).await?;
            live.more_certificates.remove(certificate);
        }
        Ok(())
    }
}

fn certificates(certificate: &Option<String>) -> Option<Vec<Certificate>> {
    certificate.as_ref().map(|arn| vec![Certificate::builder().certificate_arn(arn).build()])
}

fn forward(target_group: &str) -> Action {
    Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(target_group).build()
}
