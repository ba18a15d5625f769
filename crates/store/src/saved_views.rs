//! Views of lists that people save for all.

use crate::{Cause, Result, Store, WriteTransaction};
use domain::{NewView, SAVED_VIEWS_MAX, SavedView, ViewName};
use std::net::IpAddr;

impl Store {
    /// Returns all views, by list and name.
    pub async fn view_list(&self) -> Result<Vec<SavedView>> {
        let views = sqlx::query_as!(
            SavedView,
            "SELECT id, list, name, query, created_by, created_at FROM saved_views ORDER BY list, fold_key(name) LIMIT $1",
            SAVED_VIEWS_MAX
        );
        Ok(views.fetch_all(&self.lookups).await?)
    }
}

impl WriteTransaction {
    /// Locks the views against other changes until the end of the transaction. They are few and rarely change.
    pub async fn views_lock(&mut self) -> Result<Vec<SavedView>> {
        sqlx::query!("LOCK TABLE saved_views IN SHARE ROW EXCLUSIVE MODE")
            .execute(&mut *self.transaction)
            .await?;
        let views = sqlx::query_as!(
            SavedView,
            "SELECT id, list, name, query, created_by, created_at FROM saved_views ORDER BY id"
        );
        Ok(views.fetch_all(&mut *self.transaction).await?)
    }

    /// Adds a view, and an event to the audit log.
    pub async fn view_insert(&mut self, view: &NewView, cause: Cause<'_>) -> Result<SavedView> {
        let created = sqlx::query_as!(
            SavedView,
            r#"WITH created AS (
                   INSERT INTO saved_views (list, name, query, created_by) VALUES ($1, $2, $3, $4) RETURNING *
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, after)
                   SELECT $4, $5, $6, $7, 'view.saved', 'view:' || id,
                          jsonb_build_object('list', list, 'name', name, 'query', query)
                     FROM created
               )
               SELECT id AS "id!", list AS "list!", name AS "name!", query AS "query!", created_by AS "created_by!",
                      created_at AS "created_at!"
                 FROM created"#,
            view.list,
            view.name.as_str(),
            view.query,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        );
        Ok(created.fetch_one(&mut *self.transaction).await?)
    }

    /// Changes name and query of a view, and adds an event to the audit log.
    pub async fn view_update(
        &mut self,
        view: &SavedView,
        name: &ViewName,
        query: &str,
        cause: Cause<'_>,
    ) -> Result<()> {
        sqlx::query!(
            "WITH changed AS (
                 UPDATE saved_views SET name = $2, query = $3 WHERE id = $1
             )
             INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
             SELECT $6, $7, $8, $9, 'view.saved', 'view:' || $1::bigint,
                    jsonb_build_object('name', $4::text, 'query', $5::text),
                    jsonb_build_object('name', $2::text, 'query', $3::text)",
            view.id,
            name.as_str(),
            query,
            view.name,
            view.query,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Deletes a view, and adds an event to the audit log.
    pub async fn view_delete(&mut self, view: &SavedView, cause: Cause<'_>) -> Result<()> {
        sqlx::query!(
            "WITH deleted AS (
                 DELETE FROM saved_views WHERE id = $1
             )
             INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before)
             SELECT $5, $6, $7, $8, 'view.deleted', 'view:' || $1::bigint,
                    jsonb_build_object('list', $2::text, 'name', $3::text, 'query', $4::text)",
            view.id,
            view.list,
            view.name,
            view.query,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
