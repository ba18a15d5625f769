//! Skipping what need not be done again: a step's inputs are remembered as a number.

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
    /// Begins with what names the way in which the step is done, such as its flags.
    pub fn new(way: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        way.hash(&mut hasher);
        Self { hasher }
    }

    /// Adds a file's content, or every file below a folder with its name.
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

    /// The number that stands for them.
    pub fn number(&self) -> String {
        format!("{:016x}", self.hasher.finish())
    }

    /// Does `work` unless it was done with the same inputs, and `output` is still there. Returns whether it
    /// was done.
    pub fn unless_unchanged(
        self,
        step: &str,
        output: &Path,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<bool> {
        let note = project::root().join("target/xtask").join(step);
        let inputs = self.number();
        if output.exists() && fs::read_to_string(&note).is_ok_and(|last| last == inputs) {
            return Ok(false);
        }
        // A step that is interrupted must be done again.
        let _ = fs::remove_file(&note);
        work()?;
        if let Some(folder) = note.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&note, inputs).with_context(|| note.display().to_string())?;
        Ok(true)
    }
}

/// Every file below a folder, sorted; none where the folder isn't there.
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
    fn a_step_is_done_again_only_when_an_input_changes() {
        let folder = std::env::temp_dir().join(format!("stockhold-unchanged-{}", std::process::id()));
        fs::create_dir_all(folder.join("in")).expect("a folder");
        let step = format!("test-{}", std::process::id());
        let output = folder.join("out");
        let run = |text: &str| {
            fs::write(folder.join("in/file"), text).expect("written");
            let mut inputs = Inputs::new("flags");
            inputs.add(&folder.join("in")).expect("read");
            inputs.unless_unchanged(&step, &output, || Ok(fs::write(&output, text)?)).expect("done")
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
