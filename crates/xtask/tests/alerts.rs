//! The alert rules are valid and fire, by promtool.

use std::path::Path;
use std::process::Command;

#[test]
fn promtool_accepts_the_rules_and_their_tests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prometheus");
    for arguments in [["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]] {
        let output = Command::new("promtool").args(arguments).current_dir(&folder).output().expect(
            "promtool is missing: `cargo xtask test` installs it as root on Debian and Ubuntu; otherwise install the package prometheus",
        );
        let text = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&text));
    }
}
