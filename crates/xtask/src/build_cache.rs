//! A build cache: a step is skipped if the hash of its inputs is unchanged.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::project;

/// The inputs of a step.
#[derive(Debug)]
pub struct Inputs {
    hasher: DefaultHasher,
}

impl Inputs {
    /// Starts with the options of the step, such as its flags.
    pub fn new(options: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        options.hash(&mut hasher);
        Self { hasher }
    }

    /// Adds the content of a file, or the names and contents of all files below a folder.
    pub fn add(&mut self, path: &Path) -> Result<()> {
        if path.is_dir() {
            for file in files_below(path)? {
                file.hash(&mut self.hasher);
                self.add(&file)?;
            }
        } else {
            fs::read(path).with_context(|| path.display().to_string())?.hash(&mut self.hasher);
        }
        Ok(())
    }

    /// The hash of the inputs.
    pub fn hash(&self) -> String {
        format!("{:016x}", self.hasher.finish())
    }

    /// Runs `work` unless it last ran with the same inputs and `output` still exists. Returns whether it ran.
    pub fn run_if_changed(
        self,
        step: &str,
        output: &Path,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<bool> {
        let hash_file = project::root().join("target/xtask").join(step);
        let inputs = self.hash();
        if output.exists() && fs::read_to_string(&hash_file).is_ok_and(|last| last == inputs) {
            return Ok(false);
        }
        // An interrupted step must run again.
        let _ = fs::remove_file(&hash_file);
        work()?;
        if let Some(folder) = hash_file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&hash_file, inputs).with_context(|| hash_file.display().to_string())?;
        Ok(true)
    }
}

/// Lists every file below a folder, sorted. Returns none if the folder does not exist.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_runs_again_only_if_an_input_changes() {
        let folder = std::env::temp_dir().join(format!("stockhold-unchanged-{}", std::process::id()));
        fs::create_dir_all(folder.join("in")).expect("a folder");
        let step = format!("test-{}", std::process::id());
        let output = folder.join("out");
        let run = |text: &str| {
            fs::write(folder.join("in/file"), text).expect("written");
            let mut inputs = Inputs::new("flags");
            inputs.add(&folder.join("in")).expect("read");
            inputs.run_if_changed(&step, &output, || Ok(fs::write(&output, text)?)).expect("done")
        };
        assert!(run("one"));
        assert!(!run("one"));
        assert!(run("two"));
        fs::remove_file(&output).expect("removed");
        assert!(run("two"));
        fs::remove_dir_all(folder).expect("removed");
        fs::remove_file(project::root().join("target/xtask").join(step)).expect("removed");
    }
}
