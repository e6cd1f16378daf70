//! HCL as `terraform fmt` writes it, read by its lines: blocks and attributes, each expression as it stands. There are no
//! heredocs in what is read here, and the format is checked elsewhere.

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// `variable`, `resource` and so on.
    pub kind: String,
    /// What follows that in quotes.
    pub labels: Vec<String>,
    body: Vec<String>,
}

/// The blocks at the top of a text.
pub fn blocks(text: &str) -> Vec<Block> {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    read(&lines)
}

/// The fields of an object's expression, in their order.
pub fn fields(expression: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = expression.lines().collect();
    let Some((_, [inner @ .., _])) = lines.split_first() else { return Vec::new() };
    attributes(&inner.iter().map(|line| dedented(line)).collect::<Vec<_>>())
}

impl Block {
    /// The expression of an attribute, as it is written.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.attributes().into_iter().find(|(found, _)| found == name).map(|(_, expression)| expression)
    }

    /// All its attributes, in their order.
    pub fn attributes(&self) -> Vec<(String, String)> {
        attributes(&self.body)
    }

    /// An attribute that is a string without anything to evaluate, or with what is there left as it is.
    pub fn string(&self, name: &str) -> Option<String> {
        let expression = self.attribute(name)?;
        let quoted = expression.strip_prefix('"')?.strip_suffix('"')?;
        Some(quoted.replace("\\\"", "\"").replace("\\n", "\n"))
    }

    /// The blocks in it of this kind.
    pub fn blocks(&self, kind: &str) -> Vec<Block> {
        read(&self.body).into_iter().filter(|block| block.kind == kind).collect()
    }
}

fn read(lines: &[String]) -> Vec<Block> {
    let mut found = Vec::new();
    let mut rest = lines.iter();
    while let Some(line) = rest.next() {
        let Some((head, empty)) = head(line) else { continue };
        let inner = rest.by_ref().take_while(|line| !empty && line.as_str() != "}");
        let body = if empty { Vec::new() } else { inner.map(|line| dedented(line)).collect() };
        let mut words = head.split('"');
        let kind = words.next().unwrap_or_default().trim().to_owned();
        let labels = words.map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned).collect();
        found.push(Block { kind, labels, body });
    }
    found
}

/// What stands before a block's brace, and whether the block ends in the same line.
fn head(line: &str) -> Option<(&str, bool)> {
    let starts = line.starts_with(|first: char| first.is_ascii_lowercase());
    let head = line.strip_suffix(" {").map(|head| (head, false)).or(line.strip_suffix(" {}").map(|head| (head, true)));
    head.filter(|(head, _)| starts && !head.ends_with('='))
}

fn attributes(lines: &[String]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in lines {
        let starts = line.starts_with(|first: char| first.is_ascii_lowercase());
        match line.split_once('=') {
            Some((name, expression)) if starts && !name.trim().contains([' ', '"', '{']) => {
                found.push((name.trim().to_owned(), expression.trim().to_owned()));
                inside = true;
            }
            // A line of the expression above: further in, or its closing bracket.
            _ if inside && (line.starts_with(' ') || line.starts_with(['}', ']', ')'])) => {
                if let Some((_, expression)) = found.last_mut() {
                    expression.push('\n');
                    expression.push_str(line);
                }
            }
            _ => inside = false,
        }
    }
    found
}

fn dedented(line: &str) -> String {
    line.strip_prefix("  ").unwrap_or(line).to_owned()
}

#[test]
fn blocks_and_attributes_are_read_as_they_stand() {
    let text = "# a comment\nvariable \"a\" {\n  description = \"say \\\"a\\\"\"\n  type = object({\n    b = optional(string)\n  })\n\n  \
                validation {\n    condition = var.a == null\n  }\n  validation {\n    condition = true\n  }\n}\n\nresource \"x\" \"y\" {}\n";
    let found = blocks(text);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].kind.as_str(), found[0].labels.as_slice()), ("variable", &["a".to_owned()][..]));
    assert_eq!(found[0].string("description").unwrap(), "say \"a\"");
    assert_eq!(found[0].attribute("type").unwrap(), "object({\n  b = optional(string)\n})");
    assert_eq!(found[0].attribute("default"), None);
    assert_eq!(found[0].blocks("validation")[0].attribute("condition").unwrap(), "var.a == null");
    assert_eq!(found[0].blocks("validation").len(), 2);
    assert_eq!(found[1].labels, ["x", "y"]);
    assert_eq!(fields("{\n  a = 1\n  b = \"c\"\n}"), [("a".into(), "1".into()), ("b".into(), "\"c\"".into())]);
}
