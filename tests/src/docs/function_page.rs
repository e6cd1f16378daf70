//! The page of a function.

use tfplugin::{Function, Parameter, Type};

use super::examples::Examples;
use super::page::{Page, fenced};

/// The page of a function, from its signature and its example.
///
/// # Errors
///
/// What is missing to make it.
pub fn page(provider: &str, function: &dyn Function, examples: &Examples) -> Result<Page, String> {
    let (signature, name) = (function.signature(), function.name());
    let example = examples.read(&format!("functions/{name}/function.tf"))?;
    let parameters: Vec<&Parameter> = signature.parameters().iter().chain(signature.variadic_parameter()).collect();

    let mut body = format!("# {name} (Function)\n\n{}.\n\n{}\n", signature.summary_line(), signature.markdown());
    body += &format!("\n## Example Usage\n\n{}", fenced("terraform", &example));
    let taken: Vec<String> = parameters
        .iter()
        .map(|parameter| {
            let dots = if is_variadic(&signature, parameter) { "..." } else { "" };
            format!("{} {}{dots}", parameter.name(), parameter.ty())
        })
        .collect();
    body += &format!(
        "\n## Signature\n\n{}",
        fenced("text", &format!("{name}({}) {}", taken.join(", "), result(signature.returns())))
    );
    body += "\n## Arguments\n\n";
    for (place, parameter) in (1..).zip(&parameters) {
        let mut marks = parameter.ty().to_string();
        for (is, mark) in [(is_variadic(&signature, parameter), "variadic"), (parameter.allows_null(), "nullable")] {
            if is {
                marks += &format!(", {mark}");
            }
        }
        body += &format!("{place}. `{}` ({marks}) {}\n", parameter.name(), parameter.markdown());
    }
    Ok(Page {
        path: format!("docs/functions/{name}.md"),
        title: format!("{name} Function - {provider}"),
        description: signature.summary_line().to_owned(),
        body,
    })
}

fn is_variadic(signature: &tfplugin::Signature, parameter: &Parameter) -> bool {
    signature.variadic_parameter().is_some_and(|variadic| variadic.name() == parameter.name())
}

/// The result's type, an object's attributes on lines of their own.
fn result(ty: &Type) -> String {
    match ty {
        Type::Object(attributes, _) if attributes.len() > 2 => {
            let lines: Vec<String> = attributes.iter().map(|(name, ty)| format!("  {name} = {ty}\n")).collect();
            format!("object({{\n{}}})", lines.concat())
        }
        other => other.to_string(),
    }
}
