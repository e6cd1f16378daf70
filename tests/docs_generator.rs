//! Writes the generated pages under `docs/` and the tables in the READMEs of modules, or, with `--check`, says which of them differ.

use std::process::ExitCode;

use eksmig_provider::Eksmig;
use eksmig_tests::docs::faults::{differing, outdated};
use eksmig_tests::docs::module_readme::readmes;
use eksmig_tests::docs::pages::pages;
use eksmig_tests::emulator::root;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => false,
        ["--check"] => true,
        _ => {
            eprintln!("usage: eksmig-docs [--check]");
            return ExitCode::from(2);
        }
    };
    let pages = match pages(&Eksmig::new(), &root()) {
        Ok(pages) => pages,
        Err(missing) => return failed(&missing),
    };
    let readmes = match readmes(&root()) {
        Ok(readmes) => readmes,
        Err(missing) => return failed(&missing),
    };
    if check {
        let found = [differing(&root(), &pages), outdated(&root(), &readmes)].concat();
        return if found.is_empty() { ExitCode::SUCCESS } else { failed(&found) };
    }
    let pages = pages.iter().map(|page| (page.path.clone(), page.to_string()));
    for (page, text) in pages.chain(readmes) {
        let path = root().join(&page);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        if let Err(error) = written.and_then(|()| std::fs::write(&path, text)) {
            return failed(&[format!("{page}: {error}")]);
        }
        println!("{page}");
    }
    ExitCode::SUCCESS
}

fn failed(found: &[String]) -> ExitCode {
    for one in found {
        eprintln!("{one}");
    }
    ExitCode::FAILURE
}
