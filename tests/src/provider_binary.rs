//! Where the provider's binary is.

use std::path::PathBuf;

/// The name of the binary.
pub const NAME: &str = "terraform-provider-eksmig";

/// The provider's binary, built beside this test's own.
pub fn path() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().find(|folder| folder.join(NAME).is_file());
    let Some(folder) = profile else {
        panic!("{NAME} is not built: run `cargo build -p {NAME}` first, in the same profile as the tests")
    };
    folder.join(NAME)
}

/// The provider's binary as it is shipped, which benchmarks measure.
pub fn released() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).unwrap();
    let binary = target.join("release").join(NAME);
    assert!(binary.is_file(), "{NAME} is not built: run `cargo build --release -p {NAME}` first");
    binary
}
