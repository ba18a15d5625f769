//! The alert rules are valid and fire, by promtool, where it is installed (`apt-get install prometheus`).

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

#[test]
fn promtool_accepts_the_rules_and_their_tests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prometheus");
    for arguments in [["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]] {
        let output = match Command::new("promtool").args(arguments).current_dir(&folder).output() {
            Ok(output) => output,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                eprintln!("promtool is not installed: the alert rules are not checked");
                return;
            }
            Err(error) => panic!("promtool: {error}"),
        };
        let text = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&text));
    }
}
