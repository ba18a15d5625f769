//! Detects the layout of a file.

use super::worker::Lease;
use domain::RowProblem;
use spreadsheet::{Choices, Detector, FileProblem, Layout};
use store::RememberedChoices;

/// The parts of a file of 1 MiB after which the lease is renewed while the file is read.
pub(super) const PARTS_PER_RENEWAL: i32 = 4;

/// The revision at which the choices of earlier imports are read.
const FIRST_REVISION: i32 = 1;

impl Lease<'_> {
    /// Detects and stores the layout. `None` if a person has to choose a part of it, the file can't be imported, or the
    /// lease is lost. The layout of a revision is detected once.
    pub(super) async fn layout(&self) -> crate::Result<Option<Layout>> {
        let import = &self.import;
        if let Some(layout) = &import.layout {
            return Ok(Some(layout.clone()));
        }
        let mut detector = Detector::new();
        let mut sample = Vec::new();
        for number in 0.. {
            if number > 0 && number % PARTS_PER_RENEWAL == 0 && !self.keep().await? {
                return Ok(None);
            }
            let Some(part) = self.engine.store().import_chunk(import.id, number).await? else { break };
            detector.push(&part);
            if number == 0 {
                sample = part;
            }
        }
        let mut choices = import.choices.clone();
        let mut detected = detector.finish(&choices);
        let mut remembered = None;
        if let Ok(layout) = &detected {
            remembered = self.remembered(&layout.fingerprint).await?;
            if let Some(remembered) =
                remembered.as_ref().filter(|found| found.fingerprint == layout.fingerprint)
            {
                fill(&mut choices, &remembered.choices);
                // The encoding of the whole file is known, so the sample is enough.
                let whole = Choices {
                    encoding: Some(layout.encoding),
                    delimiter: Some(layout.delimiter),
                    ..choices.clone()
                };
                let mut detector = Detector::new();
                detector.push(&sample);
                detected = detector.finish(&whole);
            }
        }
        self.store_layout(detected, &choices, remembered.as_ref()).await
    }

    /// Returns the choices of earlier imports. They are read at the first revision and stored for the later ones: a changed
    /// choice leaves the other parts of the layout as they are.
    async fn remembered(&self, fingerprint: &str) -> crate::Result<Option<RememberedChoices>> {
        match self.claim.revision {
            FIRST_REVISION => Ok(self.engine.store().import_choices(fingerprint).await?),
            _ => Ok(self.claim.remembered()?),
        }
    }

    async fn store_layout(
        &self,
        detected: Result<Layout, FileProblem>,
        choices: &Choices,
        remembered: Option<&RememberedChoices>,
    ) -> crate::Result<Option<Layout>> {
        let id = self.import.id;
        let Some(mut transaction) = self.begin().await? else { return Ok(None) };
        let (layout, problems) = match detected {
            Err(problem @ (FileProblem::Empty | FileProblem::Workbook)) => {
                transaction.import_fail(id, &of_file(&problem)).await?;
                transaction.commit().await?;
                return Ok(None);
            }
            Err(problem) => (None, vec![of_file(&problem)]),
            Ok(layout) => {
                let problems = layout.problems().iter().map(of_file).collect();
                (Some(layout), problems)
            }
        };
        transaction.import_layout_set(id, layout.as_ref(), choices, remembered, &problems).await?;
        transaction.commit().await?;
        Ok(layout.filter(|_| problems.is_empty()))
    }
}

/// Fills the parts of choices that are missing. The encoding, the delimiter and the line of the header belong to a file, not
/// to its columns.
fn fill(choices: &mut Choices, remembered: &Choices) {
    choices.decimal_sign = choices.decimal_sign.or(remembered.decimal_sign);
    choices.kind = choices.kind.or(remembered.kind);
    for (index, field) in &remembered.columns {
        if !choices.columns.iter().any(|(chosen, _)| chosen == index) {
            choices.columns.push((*index, *field));
        }
    }
    choices.columns.sort_by_key(|(index, _)| *index);
}

fn of_file(problem: &FileProblem) -> RowProblem {
    RowProblem::error(problem.code(), problem.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use spreadsheet::{DecimalSign, Delimiter, Field, FileKind};

    #[test]
    fn missing_parts_are_filled() {
        let remembered = Choices {
            encoding: None,
            delimiter: Some(Delimiter::TAB),
            decimal_sign: Some(DecimalSign::Comma),
            kind: Some(FileKind::Stock),
            header_line: Some(4),
            columns: vec![(0, Some(Field::Sku)), (2, None)],
        };
        let mut choices = Choices {
            kind: Some(FileKind::Items),
            columns: vec![(2, Some(Field::Name)), (1, None)],
            ..Choices::default()
        };
        fill(&mut choices, &remembered);
        assert_eq!((choices.delimiter, choices.kind), (None, Some(FileKind::Items)));
        assert_eq!(choices.header_line, None);
        assert_eq!(choices.decimal_sign, Some(DecimalSign::Comma));
        assert_eq!(choices.columns, [(0, Some(Field::Sku)), (1, None), (2, Some(Field::Name))]);
    }
}
