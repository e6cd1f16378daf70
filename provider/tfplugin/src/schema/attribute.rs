//! One attribute of a schema.

use std::fmt;
use std::sync::Arc;

use super::{Check, Nesting, object_type};
use crate::diagnostic::Diagnostic;
use crate::reader::Reader;
use crate::ty::Type;

/// An attribute: a name, what it holds, who sets it, and what is said of it.
#[derive(Clone)]
pub struct Attribute {
    name: String,
    shape: Shape,
    required: bool,
    optional: bool,
    computed: bool,
    sensitive: bool,
    write_only: bool,
    deprecation: Option<String>,
    markdown: String,
    checks: Vec<Check>,
}

/// What an attribute holds.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A value of a type.
    Plain(Type),
    /// Objects whose attributes have a schema of their own.
    Nested(Nesting, Vec<Attribute>),
}

impl Attribute {
    /// An attribute of that type. Terraform wants it to be required, optional, computed, or the last two.
    pub fn new(name: impl Into<String>, ty: Type) -> Attribute {
        Attribute::of_shape(name, Shape::Plain(ty))
    }

    /// Text.
    pub fn string(name: impl Into<String>) -> Attribute {
        Attribute::new(name, Type::String)
    }

    /// A number.
    pub fn number(name: impl Into<String>) -> Attribute {
        Attribute::new(name, Type::Number)
    }

    /// True or false.
    pub fn bool(name: impl Into<String>) -> Attribute {
        Attribute::new(name, Type::Bool)
    }

    /// One object, written `name = { ... }`.
    pub fn object(name: impl Into<String>, attributes: Vec<Attribute>) -> Attribute {
        Attribute::nested(name, Nesting::Single, attributes)
    }

    /// Objects, written `name = { ... }`, `name = [{ ... }]` or `name = { key = { ... } }`.
    pub fn nested(name: impl Into<String>, nesting: Nesting, attributes: Vec<Attribute>) -> Attribute {
        Attribute::of_shape(name, Shape::Nested(nesting, attributes))
    }

    fn of_shape(name: impl Into<String>, shape: Shape) -> Attribute {
        Attribute {
            name: name.into(),
            shape,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            deprecation: None,
            markdown: String::new(),
            checks: Vec::new(),
        }
    }

    /// The user must write it.
    #[must_use]
    pub fn required(mut self) -> Attribute {
        self.required = true;
        self
    }

    /// The user may write it.
    #[must_use]
    pub fn optional(mut self) -> Attribute {
        self.optional = true;
        self
    }

    /// The provider sets it, where the user has not.
    #[must_use]
    pub fn computed(mut self) -> Attribute {
        self.computed = true;
        self
    }

    /// Terraform masks it in what it prints. It is in the state in clear.
    #[must_use]
    pub fn sensitive(mut self) -> Attribute {
        self.sensitive = true;
        self
    }

    /// It is in the configuration alone, never in a plan or a state. Needs Terraform or OpenTofu 1.11.
    #[must_use]
    pub fn write_only(mut self) -> Attribute {
        self.write_only = true;
        self
    }

    /// Marks it as on its way out, and says what to use.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<String>) -> Attribute {
        self.deprecation = Some(message.into());
        self
    }

    /// What it is for, in Markdown.
    #[must_use]
    pub fn description(mut self, markdown: impl Into<String>) -> Attribute {
        self.markdown = markdown.into();
        self
    }

    /// Adds a rule on its value. It is asked wherever the value is written and known, though what is inside may
    /// not be.
    #[must_use]
    pub fn check(mut self, check: impl Fn(&Reader<'_>) -> Result<(), Diagnostic> + Send + Sync + 'static) -> Attribute {
        self.checks.push(Arc::new(check));
        self
    }

    /// Its name in HCL.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it holds.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The type of its value.
    pub fn ty(&self) -> Type {
        match &self.shape {
            Shape::Plain(ty) => ty.clone(),
            Shape::Nested(nesting, attributes) => nesting.of(object_type(attributes, &[])),
        }
    }

    /// Whether the user must write it.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Whether the user may write it.
    pub fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether the provider sets it, where the user has not.
    pub fn is_computed(&self) -> bool {
        self.computed
    }

    /// Whether it is masked in what is printed.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// Whether it is in the configuration alone.
    pub fn is_write_only(&self) -> bool {
        self.write_only
    }

    /// What to use instead, if it is on its way out.
    pub fn deprecation(&self) -> Option<&str> {
        self.deprecation.as_deref()
    }

    /// What it is for, in Markdown.
    pub fn markdown(&self) -> &str {
        &self.markdown
    }

    pub(super) fn checks(&self) -> &[Check] {
        &self.checks
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribute").field("name", &self.name).field("shape", &self.shape).finish_non_exhaustive()
    }
}
