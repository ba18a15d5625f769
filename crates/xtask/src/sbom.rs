//! The software bill of materials: CycloneDX 1.5, JSON (<https://cyclonedx.org/docs/1.5/json/>).

use serde_json::{Value, json};

use crate::packages::Package;

/// Returns the bill of materials of a version, with the linked packages.
pub fn bill(version: &str, packages: &[Package]) -> Value {
    let components: Vec<_> = packages.iter().map(component).collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": format!("stockhold@{version}"),
                "name": "stockhold",
                "version": version,
                "licenses": [{"expression": "MIT OR Apache-2.0"}],
            },
        },
        "components": components,
    })
}

fn component(package: &Package) -> Value {
    let Package { name, version, license, .. } = package;
    let url = format!("pkg:cargo/{name}@{version}");
    // Older packages separate alternatives by a slash.
    let licences: Vec<_> =
        license.iter().map(|licence| json!({"expression": licence.replace('/', " OR ")})).collect();
    json!({"type": "library", "bom-ref": url, "name": name, "version": version, "purl": url, "licenses": licences})
}
