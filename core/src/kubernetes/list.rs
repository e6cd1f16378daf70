//! Whole lists, page by page, and single objects.

use std::collections::BTreeSet;

use kube::Api;
use kube::api::ListParams;

use super::{Cluster, Effect, Error, Object};

/// Objects per page, as `kubectl` asks for.
const PAGE: u32 = 500;
/// How often a list is begun again because its pages became too old to go on.
const BEGINNINGS: usize = 3;

impl Cluster {
    /// Every object of one kind that `only` lets through. `what` they are is the plural for errors, "services" for
    /// example; `at` says where, [`Api::all`] for example.
    ///
    /// # Errors
    ///
    /// Those of [`Cluster::call`]. Never a part of the list: what is missing in it would pass for not being there.
    pub(crate) async fn list<K: Object>(
        &self,
        what: &str,
        at: impl Fn(kube::Client) -> Api<K>,
        only: &ListParams,
    ) -> Result<Vec<K>, Error> {
        let mut beginnings = 1;
        loop {
            match self.pages(what, &at, only).await {
                // The server forgets old pages (Kubernetes API concepts: 410 Gone); one that goes on forgetting is an error.
                Err(error) if error.code() == Some(410) && beginnings < BEGINNINGS => beginnings += 1,
                listed => return listed,
            }
        }
    }

    /// As [`Cluster::list`], for a kind that may not be installed: `None` where the server knows none such.
    ///
    /// # Errors
    ///
    /// Those of [`Cluster::call`], but for 404.
    pub(crate) async fn list_if_installed<K: Object>(
        &self,
        what: &str,
        at: impl Fn(kube::Client) -> Api<K>,
        only: &ListParams,
    ) -> Result<Option<Vec<K>>, Error> {
        match self.list(what, at, only).await {
            Ok(listed) => Ok(Some(listed)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One object, `None` where it does not exist. `object` names it for errors, "deployment shop/orders" for example.
    ///
    /// # Errors
    ///
    /// Those of [`Cluster::call`], but for 404.
    pub(crate) async fn get<K: Object>(
        &self,
        object: &str,
        at: impl Fn(kube::Client) -> Api<K>,
        name: &str,
    ) -> Result<Option<K>, Error> {
        let get = |client| {
            let at = at(client);
            async move { at.get_opt(name).await }
        };
        self.call(Effect::Reads, "get", object, get).await
    }

    async fn pages<K: Object>(
        &self,
        what: &str,
        at: &impl Fn(kube::Client) -> Api<K>,
        only: &ListParams,
    ) -> Result<Vec<K>, Error> {
        let mut listed = Vec::new();
        let mut seen = BTreeSet::new();
        let mut params = only.clone().limit(PAGE);
        loop {
            let page = |client| {
                let (at, params) = (at(client), &params);
                async move { at.list(params).await }
            };
            let page = self.call(Effect::Reads, "list", what, page).await?;
            listed.extend(page.items);
            let Some(next) = page.metadata.continue_.filter(|next| !next.is_empty()) else { return Ok(listed) };
            if !seen.insert(next.clone()) {
                let reason = "its API server's list points back to a page that was already read".to_owned();
                return Err(Error::unanswered("list", what, self.to_string(), reason));
            }
            params = params.continue_token(&next);
        }
    }
}
