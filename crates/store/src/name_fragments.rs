//! Parts of names that are too short for trigrams: found by the rare fragments of each name.

use crate::advisory_locks::NAME_INDEX_KEY;
use crate::{Result, Store};
use domain::name_fragments;
use std::collections::{HashMap, HashSet};

/// Rows of `item_names_new` that are taken at once, at most, and names after which no further row is.
const NEW_ROWS_MAX: i64 = 1_000;
const NEW_NAMES: i64 = 4_000;

/// A fragment that more names have is not rare: its names are not looked up one by one. Among a million names one
/// that so many have is soon found by looking at all.
const FRAGMENT_ITEMS_MAX: i32 = 8_000;

/// With more names than these that are not taken apart yet, all names are looked at.
const NAMES_NEW_MAX: i64 = 10_000;

impl Store {
    /// Takes some new names apart. Returns how many; none where there are none, or another server is about it.
    pub async fn index_new_names(&self) -> Result<usize> {
        let mut transaction = self.begin_background().await?;
        let mine = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock($1) AS "mine!""#, NAME_INDEX_KEY)
            .fetch_one(&mut *transaction.transaction)
            .await?;
        if !mine {
            return Ok(0);
        }
        let names = sqlx::query!(
            r#"WITH taken AS (
                   DELETE FROM item_names_new
                    WHERE id = ANY (ARRAY (
                              SELECT id FROM (
                                  SELECT id, sum(cardinality(item_ids)) OVER (ORDER BY id)
                                             - cardinality(item_ids) AS names_before
                                    FROM (SELECT * FROM item_names_new ORDER BY id LIMIT $1) AS first
                              ) AS counted
                               WHERE names_before < $2))
                RETURNING item_ids
               )
               SELECT item_id, folded FROM item_names
                WHERE item_id = ANY (ARRAY (SELECT unnest(item_ids) FROM taken))"#,
            NEW_ROWS_MAX,
            NEW_NAMES
        )
        .fetch_all(&mut *transaction.transaction)
        .await?;
        let names: Vec<_> = names.iter().map(|name| (name.item_id, name.folded.as_str())).collect();
        if !names.is_empty() {
            transaction.fragments_add(&names).await?;
        }
        // New names whose items are gone by now are done with as well.
        transaction.commit().await?;
        Ok(names.len())
    }

    /// The items whose folded name is like `pattern`, at most `limit` of them, by the rarest of the fragments that it
    /// must have. `None` where so many may have it that looking at all names is no slower.
    pub(crate) async fn items_with_rare(
        &self,
        sought: &[&str],
        pattern: &str,
        limit: i64,
    ) -> Result<Option<Vec<i64>>> {
        // One statement, so that a name is either among the new ones or taken apart.
        let named = sqlx::query_scalar!(
            "WITH rarest AS MATERIALIZED (
                 SELECT sought.fragment, coalesce(items, 0) AS items
                   FROM unnest($1::text[]) AS sought (fragment)
                   LEFT JOIN name_fragments ON name_fragments.fragment = sought.fragment
                  ORDER BY 2 LIMIT 1
             )
             SELECT CASE WHEN (SELECT items FROM rarest) <= $2
                          AND (SELECT coalesce(sum(cardinality(item_ids)), 0) FROM item_names_new) <= $3
                    THEN ARRAY (
                        SELECT item_id FROM item_names
                         WHERE item_id = ANY (ARRAY (
                                   SELECT item_id FROM item_name_fragments
                                    WHERE fragments @> ARRAY[(SELECT fragment FROM rarest)]
                                   UNION SELECT unnest(item_ids) FROM item_names_new))
                           AND folded LIKE $4
                         LIMIT $5)
                    END",
            sought as _,
            FRAGMENT_ITEMS_MAX,
            NAMES_NEW_MAX,
            pattern,
            limit
        )
        .fetch_one(self.lists().await)
        .await?;
        Ok(named)
    }
}

impl crate::WriteTransaction {
    /// Counts the fragments of these names, and keeps those that are rare.
    async fn fragments_add(&mut self, names: &[(i64, &str)]) -> Result<()> {
        let mut counts = HashMap::<&str, i32>::new();
        for (_, name) in names {
            for fragment in name_fragments(name).collect::<HashSet<_>>() {
                *counts.entry(fragment).or_default() += 1;
            }
        }
        let (fragments, added): (Vec<&str>, Vec<i32>) = counts.into_iter().unzip();
        // What is common already is neither counted on nor written.
        let rare = sqlx::query_scalar!(
            "WITH sought AS MATERIALIZED (
                 SELECT added.fragment, added.items
                   FROM unnest($1::text[], $2::integer[]) AS added (fragment, items)
                   LEFT JOIN name_fragments AS known ON known.fragment = added.fragment
                  WHERE coalesce(known.items, 0) <= $3
             )
             INSERT INTO name_fragments AS known (fragment, items) SELECT fragment, items FROM sought
             ON CONFLICT (fragment) DO UPDATE SET items = known.items + excluded.items
             RETURNING fragment",
            &fragments as &[&str],
            &added,
            FRAGMENT_ITEMS_MAX
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let rare: HashSet<&str> = rare.iter().map(String::as_str).collect();
        let (mut items, mut fragments) = (Vec::new(), Vec::<&str>::new());
        for (item, name) in names {
            let kept: HashSet<_> = name_fragments(name).filter(|fragment| rare.contains(fragment)).collect();
            items.extend(kept.iter().map(|_| *item));
            fragments.extend(kept);
        }
        sqlx::query!(
            "INSERT INTO item_name_fragments (item_id, fragments)
             SELECT item_id, array_agg(fragment)
               FROM unnest($1::bigint[], $2::text[]) AS kept (item_id, fragment) GROUP BY item_id
             ON CONFLICT (item_id) DO UPDATE SET fragments = excluded.fragments",
            &items,
            &fragments as &[&str]
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
