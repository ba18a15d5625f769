//! The filter of the list of blocks.

use crate::url_state::UrlState;
use api::BlockFilter;

/// Returns the filter in the address.
pub(super) fn filter(url: UrlState) -> BlockFilter {
    let [state, from, to, reference, sort] =
        ["state", "from", "to", "reference", "sort"].map(|name| url.get(name).unwrap_or_default());
    let (item, warehouse) = (url.parse("item"), url.parse("warehouse"));
    BlockFilter { state, item, warehouse, from, to, reference, sort }
}
