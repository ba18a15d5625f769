//! The choices for files with the same columns.

use super::json;
use crate::{Result, Store};
use serde::{Deserialize, Serialize};
use spreadsheet::Choices;

/// The choices of an earlier import with the same columns, as found at revision 1 of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RememberedChoices {
    /// The fingerprint of the columns.
    pub fingerprint: String,
    /// The choices.
    pub choices: Choices,
}

impl Store {
    /// Returns the latest choices for files with these columns, and keeps them for another year.
    pub async fn import_choices(&self, fingerprint: &str) -> Result<Option<RememberedChoices>> {
        let choices = sqlx::query_scalar!(
            r#"UPDATE import_choices SET used_at = now() WHERE fingerprint = $1 RETURNING choices::text AS "choices!""#,
            fingerprint
        );
        let Some(choices) = choices.fetch_optional(&self.background).await? else { return Ok(None) };
        let choices = json::from_text(&choices)?;
        Ok(Some(RememberedChoices { fingerprint: fingerprint.to_owned(), choices }))
    }

    /// Deletes some choices that no import has used for `days`.
    pub async fn import_choices_delete_unused(&self, days: i32) -> Result<()> {
        sqlx::query!(
            "DELETE FROM import_choices WHERE fingerprint IN (
                 SELECT fingerprint FROM import_choices WHERE used_at < now() - make_interval(days => $1) LIMIT 1000)",
            days
        )
        .execute(&self.background)
        .await?;
        Ok(())
    }
}
