//! Finds the requests whose keys belong to other items or warehouses than when they were resolved.

use crate::cache::keys::{KeyVersion, ResolvedKeys};
use std::collections::HashSet;
use store::{Generation, KeyReader, Result};

/// Returns the indexes of the requests with an outdated key. Reads the version of the keys, and only if it differs the keys
/// themselves, so changes of other keys don't delay the requests.
pub(super) async fn find_outdated(
    reader: &mut impl KeyReader,
    generation: Generation,
    requests: &[Option<&ResolvedKeys>],
) -> Result<HashSet<usize>> {
    if requests.iter().all(Option::is_none) {
        return Ok(HashSet::new());
    }
    let current = KeyVersion { generation, version: reader.key_version().await? };
    let (mut skus, mut codes, mut sku_owners, mut code_owners) = (vec![], vec![], vec![], vec![]);
    for (index, keys) in requests.iter().enumerate() {
        let Some(keys) = keys.filter(|keys| keys.version != current) else { continue };
        skus.extend(keys.items.iter().map(|(sku, item)| (sku, *item)));
        sku_owners.resize(skus.len(), index);
        codes.extend(keys.warehouses.iter().map(|(code, warehouse)| (code, *warehouse)));
        code_owners.resize(codes.len(), index);
    }
    let moved_skus = if skus.is_empty() { Vec::new() } else { reader.skus_moved(&skus).await? };
    let moved_codes = if codes.is_empty() { Vec::new() } else { reader.codes_moved(&codes).await? };
    let owners = moved_skus.iter().map(|moved| sku_owners.get(*moved));
    let owners = owners.chain(moved_codes.iter().map(|moved| code_owners.get(*moved)));
    Ok(owners.flatten().copied().collect())
}
