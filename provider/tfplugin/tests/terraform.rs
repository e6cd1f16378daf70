//! The example provider under the real `terraform`.

#[cfg(test)]
#[allow(dead_code, clippy::disallowed_methods, reason = "each file uses some of it; a real process takes real time")]
mod host;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};

    use serde_json::Value as Json;

    use crate::host::{example, wait_until};

    /// A folder with a configuration, and a `terraform` that knows the example alone.
    struct Folder(tempfile::TempDir);

    impl Folder {
        fn with(resources: &str) -> Folder {
            let folder = Folder(tempfile::tempdir().unwrap());
            fs::create_dir(folder.path("bin")).unwrap();
            fs::copy(example(), folder.path("bin/terraform-provider-echo")).unwrap();
            let bin = folder.path("bin");
            let rc = format!(
                "provider_installation {{\n  dev_overrides {{\n    \"tfplugin/echo\" = {bin:?}\n  }}\n  direct {{}}\n}}\n"
            );
            fs::write(folder.path("rc"), rc).unwrap();
            folder.write(resources);
            folder
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn write(&self, resources: &str) {
            let head = "terraform {\n  required_providers {\n    echo = { source = \"tfplugin/echo\" }\n  }\n}\n";
            fs::write(self.path("main.tf"), format!("{head}{resources}\n")).unwrap();
        }

        fn command(&self, args: &[&str]) -> Command {
            let mut command = Command::new("terraform");
            command
                .arg(format!("-chdir={}", self.0.path().display()))
                .args(args)
                .env_remove("TF_LOG")
                .env("TF_CLI_CONFIG_FILE", self.path("rc"))
                .env("CHECKPOINT_DISABLE", "1")
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command
        }

        /// Runs it, and answers with its exit code and what it said.
        fn terraform(&self, args: &[&str]) -> (i32, String) {
            let output = self
                .command(args)
                .output()
                .expect("terraform must be in PATH: https://developer.hashicorp.com/terraform/install");
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            // Terraform breaks lines inside sentences and draws a bar beside them.
            let words: Vec<&str> = said.split_whitespace().filter(|word| *word != "│").collect();
            (output.status.code().unwrap_or(-1), words.join(" "))
        }

        fn apply(&self) -> (i32, String) {
            self.terraform(&["apply", "-auto-approve", "-no-color"])
        }

        /// Asserts that there is nothing left to do.
        fn settled(&self) {
            let (code, said) = self.terraform(&["plan", "-detailed-exitcode", "-no-color"]);
            assert_eq!(code, 0, "{said}");
        }

        /// The first instance of that resource in the state.
        fn stored(&self, name: &str) -> Option<Json> {
            let state: Json = serde_json::from_slice(&fs::read(self.path("terraform.tfstate")).unwrap()).unwrap();
            let resources = state["resources"].as_array().unwrap();
            let resource = resources.iter().find(|resource| resource["name"] == name)?;
            Some(resource["instances"][0].clone())
        }
    }

    fn note(text: &str) -> String {
        format!("resource \"echo_note\" \"a\" {{\n  text = \"{text}\"\n}}")
    }

    /// What go-plugin's private bytes look like in a state.
    fn base64(text: &str) -> String {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(text)
    }

    const EVERYTHING: &str = r#"
provider "echo" {
  prefix = "x"
}
resource "echo_note" "a" {
  text   = "hello"
  share  = 0.1
  secret = "hidden"
  labels = ["b", "a"]
  any    = [1, "two", 3.14159265358979323846]
  gate   = { url = "http://x" }
  routes = {
    one = { weight = 1 }
    two = { weight = 12345678901234567890123 }
  }
  timeouts {
    create = "1h"
  }
  step {
    at = 1
  }
  step {
    at = 2.5
  }
}
resource "echo_note" "b" {
  text = "b-${echo_note.a.id}"
  gate = { url = echo_note.a.id, timeout = 7 }
}
data "echo_length" "l" {
  text = echo_note.b.text
}
output "length" {
  value = data.echo_length.l.length
}
output "join" {
  value = provider::echo::join("-", "a", null, "b", "a")
}
"#;

    #[test]
    fn everything_is_planned_applied_settled_and_destroyed() {
        let folder = Folder::with(EVERYTHING);
        let (code, said) = folder.terraform(&["validate", "-no-color"]);
        assert_eq!(code, 0, "{said}");
        let (code, said) = folder.apply();
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("length = 7") && said.contains("\"text\" = \"a-b-a\""), "{said}");
        let stored = folder.stored("a").unwrap();
        assert_eq!(stored["attributes"]["share"].to_string(), "0.1");
        assert_eq!(stored["attributes"]["any"]["value"][2].to_string(), "3.14159265358979323846");
        assert_eq!(stored["attributes"]["routes"]["two"]["weight"].to_string(), "12345678901234567890123");
        assert_eq!(stored["attributes"]["secret"], Json::Null);
        assert_eq!(stored["private"], base64("whole"));
        folder.settled();

        folder.write(&EVERYTHING.replace("at = 2.5", "at = 3"));
        let (code, said) = folder.apply();
        assert!(code == 0 && said.contains("1 changed, 0 destroyed"), "{said}");
        folder.settled();

        let (code, said) = folder.terraform(&["destroy", "-auto-approve", "-no-color"]);
        assert!(code == 0 && said.contains("2 destroyed"), "{said}");
        assert!(folder.stored("a").is_none());
    }

    #[test]
    fn a_replacement_is_planned_where_it_is_asked_for() {
        let folder = Folder::with(&note("a"));
        assert_eq!(folder.apply().0, 0);
        folder.write("resource \"echo_note\" \"a\" {\n  text = \"a\"\n  kind = \"other\"\n}");
        let (code, said) = folder.apply();
        assert!(code == 0 && said.contains("1 added, 0 changed, 1 destroyed"), "{said}");
        folder.settled();
    }

    #[test]
    fn a_failure_keeps_what_is_true() {
        let folder = Folder::with(&note("a"));
        assert_eq!(folder.apply().0, 0);
        let whole = folder.stored("a");

        // An update that fails, one that panics, and a destroy that fails keep the object and its private bytes.
        for text in ["fail update", "panic apply"] {
            folder.write(&note(text));
            let (code, said) = folder.apply();
            assert_eq!(code, 1, "{said}");
            assert!(said.contains("on main.tf line 7") || said.contains("ApplyResourceChange of echo_note"), "{said}");
            assert!(!said.contains("The plugin encountered") && !said.contains("crashed"), "{said}");
            assert_eq!(folder.stored("a"), whole);
        }
        let folder = Folder::with(&note("fail destroy"));
        assert_eq!(folder.apply().0, 0);
        let whole = folder.stored("a");
        let (code, said) = folder.terraform(&["destroy", "-auto-approve", "-no-color"]);
        assert!(code == 1 && said.contains("Failed"), "{said}");
        assert_eq!(folder.stored("a"), whole);

        // What was half created is saved, and taken for damaged.
        let folder = Folder::with(&note("fail create"));
        let (code, said) = folder.apply();
        assert_eq!(code, 1, "{said}");
        assert!(!said.contains("unknown"), "{said}");
        let half = folder.stored("a").unwrap();
        assert_eq!(half["status"], "tainted");
        assert_eq!(half["private"], base64("half"));
        assert_eq!(half["attributes"]["id"], Json::Null);
    }

    #[test]
    fn bad_input_is_refused_at_its_line() {
        let folder = Folder::with("resource \"echo_note\" \"a\" {\n  text = \"a\"\n  share = 101\n}");
        let (code, said) = folder.terraform(&["validate", "-no-color"]);
        assert_eq!(code, 1);
        assert!(said.contains("share must be between 0 and 100, not 101."), "{said}");
        assert!(said.contains("on main.tf line 8"), "{said}");

        folder.write("output \"o\" {\n  value = provider::echo::join(\"-----\", \"a\")\n}");
        let (code, said) = folder.terraform(&["plan", "-no-color"]);
        assert!(code == 1 && said.contains("The separator is too long."), "{said}");
    }

    #[test]
    fn import_and_move_settle() {
        let folder = Folder::with(&note("x"));
        let (code, said) = folder.terraform(&["import", "-no-color", "echo_note.a", "x"]);
        assert_eq!(code, 0, "{said}");
        folder.settled();

        let folder = Folder::with("resource \"terraform_data\" \"old\" {}");
        assert_eq!(folder.apply().0, 0);
        let id = folder.stored("old").unwrap()["attributes"]["id"].as_str().unwrap().to_owned();
        let moved = "moved {\n  from = terraform_data.old\n  to = echo_note.a\n}";
        folder.write(&format!("{}\n{moved}", note(&id)));
        let (code, said) = folder.apply();
        assert!(code == 0 && said.contains("0 added, 0 changed, 0 destroyed"), "{said}");
        folder.settled();
    }

    #[test]
    fn an_older_state_is_upgraded() {
        let folder = Folder::with(&note("a"));
        assert_eq!(folder.apply().0, 0);
        let path = folder.path("terraform.tfstate");
        let mut state: Json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let instance = &mut state["resources"][0]["instances"][0];
        instance["schema_version"] = 0.into();
        instance["attributes"] = serde_json::json!({ "body": "a" });
        fs::write(&path, state.to_string()).unwrap();
        let (code, said) = folder.apply();
        assert!(code == 0 && said.contains("0 added, 0 changed, 0 destroyed"), "{said}");
        assert_eq!(folder.stored("a").unwrap()["schema_version"], 1);
        folder.settled();
    }

    #[test]
    fn an_interrupt_reaches_what_runs() {
        let folder = Folder::with(&note("wait"));
        let log = folder.path("log");
        let mut terraform: Child = folder
            .command(&["apply", "-auto-approve", "-no-color"])
            .env("TF_LOG_PROVIDER", "INFO")
            .env("TF_LOG_PATH", &log)
            .spawn()
            .unwrap();
        let logged = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        wait_until("the apply", || logged(&log).contains("waiting").then_some(()));
        let pid = terraform.id().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &pid]).status().unwrap().success());
        wait_until("terraform's end", || terraform.try_wait().unwrap());
        let stored = folder.stored("a").unwrap();
        assert_eq!(stored["attributes"]["id"], "stopped");
        assert_eq!(stored["private"], base64("stopped"));
        // Its level and fields survived: it is no raw line.
        let log = logged(&log);
        let waiting = log.lines().find(|line| line.contains("waiting")).unwrap();
        assert!(waiting.contains("[INFO]") && waiting.contains("tf_rpc=ApplyResourceChange"), "{waiting}");
        assert!(!log.contains("call begins"), "Terraform filters by level");
    }
}
