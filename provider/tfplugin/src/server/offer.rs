//! What a provider offers, by name, each with its schema once that is asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::data_source::DataSource;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::{Function, Signature};
use crate::provider::Provider;
use crate::resource::Resource;
use crate::schema::Schema;
use crate::ty::Type;

/// A schema, and the type that it implies.
pub(super) struct Typed {
    pub(super) schema: Schema,
    pub(super) ty: Type,
}

impl From<Schema> for Typed {
    fn from(schema: Schema) -> Self {
        let ty = schema.ty();
        Typed { schema, ty }
    }
}

/// One thing that is offered, and what is said of it: a process that plans ten objects of one type makes one schema.
pub(super) struct Offered<T: ?Sized, D> {
    pub(super) item: Arc<T>,
    description: OnceLock<D>,
}

impl<T: ?Sized, D> Offered<T, D> {
    fn new(item: Arc<T>) -> Self {
        Offered { item, description: OnceLock::new() }
    }
}

pub(super) type OfferedProvider = Offered<dyn Provider, Typed>;
pub(super) type OfferedResource = Offered<dyn Resource, Typed>;
pub(super) type OfferedDataSource = Offered<dyn DataSource, Typed>;
pub(super) type OfferedFunction = Offered<dyn Function, Signature>;

impl OfferedProvider {
    pub(super) fn typed(&self) -> &Typed {
        self.description.get_or_init(|| self.item.schema().into())
    }
}

impl OfferedResource {
    pub(super) fn typed(&self) -> &Typed {
        self.description.get_or_init(|| self.item.schema().into())
    }
}

impl OfferedDataSource {
    pub(super) fn typed(&self) -> &Typed {
        self.description.get_or_init(|| self.item.schema().into())
    }
}

impl OfferedFunction {
    pub(super) fn signature(&self) -> &Signature {
        self.description.get_or_init(|| self.item.signature())
    }
}

/// All of it.
pub(super) struct Offer {
    pub(super) provider: OfferedProvider,
    pub(super) resources: BTreeMap<String, OfferedResource>,
    pub(super) data_sources: BTreeMap<String, OfferedDataSource>,
    pub(super) functions: BTreeMap<String, OfferedFunction>,
    /// Names that two things of one kind have.
    pub(super) clashes: Diagnostics,
}

impl Offer {
    pub(super) fn of(provider: Arc<dyn Provider>) -> Offer {
        let mut clashes = Diagnostics::new();
        let resources = by_name(provider.resources(), |item| item.type_name(), "resources", &mut clashes);
        let data_sources = by_name(provider.data_sources(), |item| item.type_name(), "data sources", &mut clashes);
        let functions = by_name(provider.functions(), |item| item.name(), "functions", &mut clashes);
        Offer { provider: Offered::new(provider), resources, data_sources, functions, clashes }
    }

    pub(super) fn resource(&self, type_name: &str) -> Result<&OfferedResource, Diagnostics> {
        self.resources.get(type_name).ok_or_else(|| self.unknown("resource", type_name))
    }

    pub(super) fn data_source(&self, type_name: &str) -> Result<&OfferedDataSource, Diagnostics> {
        self.data_sources.get(type_name).ok_or_else(|| self.unknown("data source", type_name))
    }

    fn unknown(&self, kind: &str, type_name: &str) -> Diagnostics {
        let provider = &self.provider.item;
        Diagnostic::error(
            format!("Unknown {kind}"),
            format!("{} {} has no {kind} {type_name:?}.", provider.name(), provider.version()),
        )
        .into()
    }
}

fn by_name<T: ?Sized, D>(
    items: Vec<Arc<T>>,
    name: impl Fn(&T) -> &str,
    kind: &str,
    clashes: &mut Diagnostics,
) -> BTreeMap<String, Offered<T, D>> {
    let mut offered = BTreeMap::new();
    for item in items {
        let name = name(&item).to_owned();
        if offered.contains_key(&name) {
            clashes.push(Diagnostic::error(
                "Provider is not sound",
                format!("Two of its {kind} are named {name}. This is a bug in the provider."),
            ));
        }
        offered.insert(name, Offered::new(item));
    }
    offered
}
