//! Secret settings: read from a variable, a file or a systemd credential, and masked wherever settings are shown.

use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The variable in which systemd names the folder of a service's credentials.
pub(super) const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// A secret value. `Debug` masks it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

impl Secret {
    /// Returns the value.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// The sources of a secret setting. An empty value or path counts as absent.
pub(super) struct SecretSources<'a> {
    /// The environment variable. The variable of the file is the same name with `_FILE`.
    pub(super) variable: &'static str,
    /// The value of the flag or the variable.
    pub(super) value: Option<&'a Secret>,
    /// The path of a file with the value.
    pub(super) file: Option<&'a OsStr>,
    /// The folder of systemd credentials. The credential's name is the variable's name in lower case.
    pub(super) credentials: Option<&'a OsStr>,
}

impl SecretSources<'_> {
    /// Returns the secret, without the line end of a file. A value or a named file takes precedence over a credential.
    ///
    /// # Errors
    /// A value and a file are both given; or a file can't be read, is not UTF-8, or is empty.
    pub(super) fn read(&self) -> Result<Option<Secret>> {
        let Self { variable, .. } = self;
        let value = self.value.filter(|value| !value.expose().is_empty());
        let file = self.file.filter(|path| !path.is_empty()).map(Path::new);
        match (value, file) {
            (Some(_), Some(_)) => {
                bail!("{variable} and {variable}_FILE are both set; set only one of them")
            }
            (Some(value), None) => return Ok(Some(value.clone())),
            (None, Some(path)) => {
                let text = fs::read_to_string(path).with_context(|| {
                    format!("the file {} that {variable}_FILE names can't be read", path.display())
                })?;
                return without_line_end(&text, path).map(Some);
            }
            (None, None) => {}
        }
        let Some(folder) = self.credentials.filter(|path| !path.is_empty()) else { return Ok(None) };
        let path = Path::new(folder).join(variable.to_ascii_lowercase());
        match fs::read_to_string(&path) {
            Ok(text) => without_line_end(&text, &path).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(error).with_context(|| format!("the credential {} can't be read", path.display()))
            }
        }
    }
}

fn without_line_end(text: &str, path: &Path) -> Result<Secret> {
    let value = text.trim_end_matches(['\r', '\n']);
    ensure!(!value.is_empty(), "the file {} is empty; write the secret into it", path.display());
    Ok(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    const URL: &str = "postgres://shop:hunter2@db/shop";

    /// A folder with the files of one test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(files: &[(&str, &str)]) -> Self {
            let folder = std::env::temp_dir().join(format!("stockhold-secret-{}", uuid::Uuid::now_v7()));
            fs::create_dir_all(&folder).expect("a folder");
            for (name, text) in files {
                fs::write(folder.join(name), text).expect("a file");
            }
            Self(folder)
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn read(
        value: Option<&str>,
        file: Option<&Path>,
        credentials: Option<&Path>,
    ) -> Result<Option<String>, String> {
        let value = value.map(Secret::from);
        let sources = SecretSources {
            variable: "DATABASE_URL",
            value: value.as_ref(),
            file: file.map(Path::as_os_str),
            credentials: credentials.map(Path::as_os_str),
        };
        match sources.read() {
            Ok(secret) => Ok(secret.map(|secret| secret.expose().to_owned())),
            Err(error) => Err(format!("{error:#}")),
        }
    }

    #[test]
    fn a_secret_is_masked() {
        assert_eq!(format!("{:?}", Some(Secret::from(URL))), "Some(***)");
    }

    #[test]
    fn a_secret_comes_from_a_variable_a_file_or_a_credential() {
        let line = format!("{URL}\n");
        let folder = Folder::new(&[("file", &line), ("database_url", &line)]);
        let (file, empty) = (folder.path("file"), Path::new(""));
        let found = Ok(Some(URL.to_owned()));
        assert_eq!(read(Some(URL), None, None), found);
        assert_eq!(read(Some(""), Some(&file), None), found);
        assert_eq!(read(None, Some(&file), None), found);
        assert_eq!(read(None, Some(empty), Some(&folder.0)), found);
        assert_eq!(read(Some("other"), None, Some(&folder.0)), Ok(Some("other".to_owned())));
        assert_eq!(read(None, None, None), Ok(None));
        assert_eq!(read(Some(""), Some(empty), Some(empty)), Ok(None));
        assert_eq!(read(None, None, Some(&folder.path("other"))), Ok(None), "no such credential");
    }

    #[test]
    fn errors_name_the_variable_and_the_file_but_not_the_secret() {
        let folder = Folder::new(&[("file", URL), ("empty", "\n")]);
        let both = read(Some(URL), Some(&folder.path("file")), None).expect_err("both");
        assert_eq!(both, "DATABASE_URL and DATABASE_URL_FILE are both set; set only one of them");
        let missing = read(None, Some(&folder.path("missing")), None).expect_err("missing");
        assert!(missing.contains("missing that DATABASE_URL_FILE names can't be read"), "{missing}");
        let empty = read(None, Some(&folder.path("empty")), None).expect_err("empty");
        assert!(empty.contains("empty is empty; write the secret into it"), "{empty}");
    }
}
