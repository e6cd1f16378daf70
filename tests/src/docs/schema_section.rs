//! The schema of a provider or a resource, in words.

use tfplugin::schema::Shape;
use tfplugin::{Attribute, Block, Nesting, Schema, Type};

/// Who sets an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setter {
    Required,
    Optional,
    ReadOnly,
}

const SETTERS: [Setter; 3] = [Setter::Required, Setter::Optional, Setter::ReadOnly];

/// One line of a schema, and what hangs below it.
struct Entry<'a> {
    name: &'a str,
    setter: Setter,
    kind: String,
    marks: Vec<String>,
    text: &'a str,
    deprecation: Option<&'a str>,
    inside: Option<Inside<'a>>,
}

/// What is nested in an entry.
struct Inside<'a> {
    anchor: &'static str,
    attributes: &'a [Attribute],
    blocks: &'a [Block],
}

/// The whole section.
pub fn section(schema: &Schema) -> String {
    let mut text = "## Schema\n".to_owned();
    let entries = entries(schema.attributes(), schema.blocks());
    for setter in SETTERS {
        let lines = lines(&entries, setter, "");
        if !lines.is_empty() {
            text += &format!("\n### {}\n\n{lines}", setter.title());
        }
    }
    nested(&entries, "", &mut text);
    text
}

/// The schemas below these entries, each followed by those below it.
fn nested(entries: &[Entry<'_>], path: &str, text: &mut String) {
    for entry in entries {
        let Some(inside) = &entry.inside else { continue };
        let path = below(path, entry.name);
        *text += &format!("\n<a id=\"{}\"></a>\n### Nested Schema for `{path}`\n", anchor(inside.anchor, &path));
        let children = self::entries(inside.attributes, inside.blocks);
        for setter in SETTERS {
            let lines = lines(&children, setter, &path);
            if !lines.is_empty() {
                *text += &format!("\n{}:\n\n{lines}", setter.title());
            }
        }
        nested(&children, &path, text);
    }
}

fn lines(entries: &[Entry<'_>], setter: Setter, path: &str) -> String {
    let mut entries: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.setter == setter).collect();
    entries.sort_by_key(|entry| entry.name);
    entries.iter().map(|entry| entry.line(path)).collect()
}

fn entries<'a>(attributes: &'a [Attribute], blocks: &'a [Block]) -> Vec<Entry<'a>> {
    attributes.iter().map(of_attribute).chain(blocks.iter().map(of_block)).collect()
}

fn of_attribute(attribute: &Attribute) -> Entry<'_> {
    let setter = match (attribute.is_required(), attribute.is_optional()) {
        (true, _) => Setter::Required,
        (_, true) => Setter::Optional,
        _ => Setter::ReadOnly,
    };
    let marks = [(attribute.is_sensitive(), "Sensitive"), (attribute.is_write_only(), "Write-only")];
    let (kind, inside) = match attribute.shape() {
        Shape::Plain(ty) => (type_text(ty), None),
        Shape::Nested(nesting, attributes) => (
            format!("Attributes{}", nesting_text(*nesting)),
            Some(Inside { anchor: "nestedatt", attributes, blocks: &[] }),
        ),
    };
    Entry {
        name: attribute.name(),
        setter,
        kind,
        marks: marks.iter().filter(|(is, _)| *is).map(|(_, mark)| (*mark).to_owned()).collect(),
        text: attribute.markdown(),
        deprecation: attribute.deprecation(),
        inside,
    }
}

fn of_block(block: &Block) -> Entry<'_> {
    let (min, max) = block.bounds();
    let bounds = [(min > 0, format!("Min: {min}")), (max > 0, format!("Max: {max}"))];
    Entry {
        name: block.name(),
        setter: if min > 0 { Setter::Required } else { Setter::Optional },
        kind: format!("Block{}", nesting_text(block.nesting())),
        marks: bounds.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect(),
        text: block.markdown(),
        deprecation: block.deprecation(),
        inside: Some(Inside { anchor: "nestedblock", attributes: block.attributes(), blocks: block.blocks() }),
    }
}

impl Entry<'_> {
    fn line(&self, path: &str) -> String {
        let mut kind = vec![self.kind.clone()];
        kind.extend(self.marks.iter().cloned());
        kind.extend(self.deprecation.map(|_| "Deprecated".to_owned()));
        let mut line = format!("- `{}` ({})", self.name, kind.join(", "));
        if !self.text.is_empty() {
            line += &format!(" {}", self.text);
        }
        if let Some(instead) = self.deprecation {
            line += &format!(" **Deprecated:** {instead}");
        }
        if let Some(inside) = &self.inside {
            line += &format!(" See [its schema](#{}).", anchor(inside.anchor, &below(path, self.name)));
        }
        line + "\n"
    }
}

impl Setter {
    fn title(self) -> &'static str {
        match self {
            Setter::Required => "Required",
            Setter::Optional => "Optional",
            Setter::ReadOnly => "Read-Only",
        }
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn anchor(kind: &str, path: &str) -> String {
    format!("{kind}--{}", path.replace('.', "--"))
}

fn nesting_text(nesting: Nesting) -> &'static str {
    match nesting {
        Nesting::Single => "",
        Nesting::List => " List",
        Nesting::Set => " Set",
        Nesting::Map => " Map",
    }
}

fn type_text(ty: &Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::Bool => "Boolean".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", type_text(element)),
        Type::Set(element) => format!("Set of {}", type_text(element)),
        Type::Map(element) => format!("Map of {}", type_text(element)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(..) => "Object".to_owned(),
    }
}
