//! A function that HCL can call: `provider::name::function(...)`.

use async_trait::async_trait;

use crate::ty::Type;
use crate::value::Value;

/// One function. The same arguments must give the same result.
#[async_trait]
pub trait Function: Send + Sync {
    /// Its name in HCL.
    fn name(&self) -> &str;

    /// What it takes and returns. Asked for once in a process.
    fn signature(&self) -> Signature;

    /// The result for these arguments: one for each parameter, then any count for the variadic one. The provider is
    /// not configured.
    ///
    /// # Errors
    ///
    /// Where it has none.
    async fn call(&self, args: Vec<Value>) -> Result<Value, FunctionError>;
}

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct FunctionError {
    /// What is wrong, as a sentence.
    pub text: String,
    /// The argument it is about, from 0.
    pub argument: Option<i64>,
}

impl FunctionError {
    /// About the call as a whole.
    pub fn new(text: impl Into<String>) -> FunctionError {
        FunctionError { text: text.into(), argument: None }
    }

    /// About one argument, from 0.
    pub fn argument(argument: i64, text: impl Into<String>) -> FunctionError {
        FunctionError { text: text.into(), argument: Some(argument) }
    }
}

/// What a function takes and returns.
#[derive(Debug, Clone)]
pub struct Signature {
    parameters: Vec<Parameter>,
    variadic: Option<Parameter>,
    returns: Type,
    summary: String,
    markdown: String,
}

impl Signature {
    /// A function without parameters.
    pub fn returning(returns: Type) -> Signature {
        Signature { parameters: Vec::new(), variadic: None, returns, summary: String::new(), markdown: String::new() }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Signature {
        self.parameters.push(parameter);
        self
    }

    /// Takes any count of further arguments.
    #[must_use]
    pub fn variadic(mut self, parameter: Parameter) -> Signature {
        self.variadic = Some(parameter);
        self
    }

    /// What it does, in one plain line.
    #[must_use]
    pub fn summary(mut self, summary: impl Into<String>) -> Signature {
        self.summary = summary.into();
        self
    }

    /// What it does, in Markdown.
    #[must_use]
    pub fn description(mut self, markdown: impl Into<String>) -> Signature {
        self.markdown = markdown.into();
        self
    }

    /// The parameters, in order.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The parameter for further arguments.
    pub fn variadic_parameter(&self) -> Option<&Parameter> {
        self.variadic.as_ref()
    }

    /// The type of the result.
    pub fn returns(&self) -> &Type {
        &self.returns
    }

    /// What it does, in one plain line.
    pub fn summary_line(&self) -> &str {
        &self.summary
    }

    /// What it does, in Markdown.
    pub fn markdown(&self) -> &str {
        &self.markdown
    }
}

/// One parameter of a function.
#[derive(Debug, Clone)]
pub struct Parameter {
    name: String,
    ty: Type,
    markdown: String,
    null: bool,
    unknown: bool,
}

impl Parameter {
    /// A parameter that is never null. While an argument is unknown the function is not called.
    pub fn new(name: impl Into<String>, ty: Type) -> Parameter {
        Parameter { name: name.into(), ty, markdown: String::new(), null: false, unknown: false }
    }

    /// What it is for, in Markdown.
    #[must_use]
    pub fn description(mut self, markdown: impl Into<String>) -> Parameter {
        self.markdown = markdown.into();
        self
    }

    /// The argument may be null.
    #[must_use]
    pub fn allow_null(mut self) -> Parameter {
        self.null = true;
        self
    }

    /// The argument may be unknown, or hold what is.
    #[must_use]
    pub fn allow_unknown(mut self) -> Parameter {
        self.unknown = true;
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of the argument.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// What it is for, in Markdown.
    pub fn markdown(&self) -> &str {
        &self.markdown
    }

    /// Whether the argument may be null.
    pub fn allows_null(&self) -> bool {
        self.null
    }

    /// Whether the argument may be unknown, or hold what is.
    pub fn allows_unknown(&self) -> bool {
        self.unknown
    }
}
