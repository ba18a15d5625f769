use crate::pool::Pool;
use crate::replica::Replica;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use sqlx::postgres::{PgArguments, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Either, Execute, Executor, Postgres, SqlStr};

/// The database that a list is read from. A statement that fails on the replica runs again on the primary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lists<'a> {
    primary: &'a Pool,
    replica: Option<&'a Replica>,
}

impl<'a> Lists<'a> {
    /// Returns the primary.
    pub(crate) fn primary(primary: &'a Pool) -> Self {
        Self { primary, replica: None }
    }

    /// Returns the replica, with this primary for statements that fail.
    pub(crate) fn preferring(self, replica: &'a Replica) -> Self {
        Self { replica: Some(replica), ..self }
    }
}

/// A statement that can be sent twice.
type Repeatable = (SqlStr, Option<PgArguments>);

fn repeatable<'q>(mut query: impl Execute<'q, Postgres>) -> sqlx::Result<Repeatable> {
    let arguments = query.take_arguments().map_err(sqlx::Error::Encode)?;
    Ok((query.sql(), arguments))
}

impl<'p> Executor<'p> for Lists<'p> {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Either<PgQueryResult, PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let Some(replica) = self.replica else { return self.primary.fetch_many(query) };
        let query = repeatable(query);
        let steps = async move {
            let query = query?;
            match replica.pool.fetch_many(query.clone()).try_collect::<Vec<_>>().await {
                Err(error) if replica.has_failed(&error) => {
                    self.primary.fetch_many(query).try_collect().await
                }
                steps => steps,
            }
        };
        stream::once(steps).map_ok(|steps| stream::iter(steps).map(Ok)).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let Some(replica) = self.replica else { return self.primary.fetch_optional(query) };
        let query = repeatable(query);
        Box::pin(async move {
            let query = query?;
            match replica.pool.fetch_optional(query.clone()).await {
                Err(error) if replica.has_failed(&error) => self.primary.fetch_optional(query).await,
                row => row,
            }
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'p: 'e,
    {
        self.primary.prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<sqlx::Describe<Postgres>>>
    where
        'p: 'e,
    {
        self.primary.describe(sql)
    }
}
