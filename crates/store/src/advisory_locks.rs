//! The registry of advisory locks: every class and key that Stockhold takes, in Rust and in SQL.
//!
//! All of them but the one of migrations are released at the end of the transaction. `docs/database.md` has the same table
//! for operators. A new lock gets a constant here, and a migration that takes it names the constant in a comment.
//!
//! PostgreSQL has two key spaces: one `bigint`, or two `integer`s of which the first is the class.
//!
//! Locks belong to the database, which may have several shops, each in a schema of its own. Each class but that of
//! migrations contains the number of the shop, which `shop_number` in `migrations/0036_shops.sql` returns. It is 0 in the
//! schema `public`. Shops of one database migrate one after the other.

/// Low watermark of the ledger; shared. The key is a `bigint`: this class in the upper 16 bits, the last assigned ledger
/// id in the lower 48 bits. Held by `ledger_hold_low_watermark`, read from `pg_locks`.
pub(crate) const LOW_WATERMARK_CLASS: i64 = 0x5354;

/// References of blocks and carts; exclusive. Two integers: this class and `hashtext(reference)`. Taken by `references_lock`,
/// read from `pg_locks`.
pub(crate) const REFERENCE_CLASS: i32 = 0x5246;

/// References of orders that are asked to be unique; exclusive. Two integers: this class and `hashtext(reference)`. Two
/// requests at the same time would both find no order with the reference. The class differs from [`REFERENCE_CLASS`], because
/// a cart and its order often share a reference, and would wait for each other.
pub(crate) const ORDER_REFERENCE_CLASS: i32 = 0x524F;

/// The right to expire the blocks of an item. Exclusive, and only tried: no session waits for it. Two integers: this class
/// and `hashint8(item_id)`.
pub(crate) const EXPIRY_CLASS: i32 = 0x5357;

/// The right to migrate the schema, until the end of the session. Exclusive, and only tried: a session that waits for its turn
/// polls. The key is a `bigint`: this class in the upper 16 bits.
pub(crate) const MIGRATION_CLASS: i64 = 0x534D;

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    /// Name and number of each constant.
    const REGISTRY: [(&str, i64); 5] = [
        ("LOW_WATERMARK_CLASS", LOW_WATERMARK_CLASS),
        ("REFERENCE_CLASS", REFERENCE_CLASS as i64),
        ("ORDER_REFERENCE_CLASS", ORDER_REFERENCE_CLASS as i64),
        ("EXPIRY_CLASS", EXPIRY_CLASS as i64),
        ("MIGRATION_CLASS", MIGRATION_CLASS),
    ];

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    /// The texts of all files with this extension below `folder`.
    fn texts(folder: &Path, extension: &str) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                found.extend(texts(&path, extension));
            } else if path.extension().is_some_and(|of_path| of_path == extension) {
                found.push((path.clone(), std::fs::read_to_string(&path).expect("a text")));
            }
        }
        found
    }

    /// The statements in `text` that take an advisory lock: from the function's name to the next `after`.
    fn uses<'a>(text: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
        let functions = ["pg_advisory_", "pg_try_advisory_"];
        functions.into_iter().flat_map(move |function| {
            text.match_indices(function).map(move |(at, _)| text[at..].split(after).next().unwrap_or(""))
        })
    }

    #[test]
    fn every_advisory_lock_of_a_migration_is_registered() {
        let mut found = 0;
        for (path, text) in texts(&root().join("migrations"), "sql") {
            for statement in uses(&text, ";") {
                let named = REGISTRY.iter().any(|(name, number)| {
                    statement.contains(&format!("/* {name} */"))
                        && statement.contains(&format!("x'{number:x}'"))
                });
                assert!(named, "{}: no registered class in {statement}", path.display());
                found += 1;
            }
        }
        assert!(found >= 2, "{found} locks");
    }

    #[test]
    fn every_advisory_lock_of_the_store_is_registered() {
        let mut found = 0;
        for (path, text) in texts(&root().join("crates/store/src"), "rs") {
            if path.ends_with("advisory_locks.rs") {
                continue;
            }
            for statement in uses(&text, ".fetch") {
                let named = REGISTRY.iter().any(|(name, _)| statement.contains(name));
                assert!(named, "{}: no registered class in {statement}", path.display());
                found += 1;
            }
        }
        assert!(found >= 1, "{found} locks");
    }

    #[test]
    fn the_registry_is_documented() {
        let document = std::fs::read_to_string(root().join("docs/database.md")).expect("a text");
        for (name, number) in REGISTRY {
            assert!(
                document.contains(&format!("| `{name}` | `0x{number:x}` |")),
                "{name} in docs/database.md"
            );
        }
    }

    #[test]
    fn classes_and_keys_are_distinct() {
        for (index, (name, number)) in REGISTRY.iter().enumerate() {
            let same = REGISTRY[..index].iter().find(|(_, other)| other == number);
            assert_eq!(same, None, "{name}");
        }
    }
}
