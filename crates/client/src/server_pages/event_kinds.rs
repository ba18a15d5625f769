//! Texts of the kinds of events of the audit log.

use crate::texts;

/// Returns the text of a kind of event of the audit log.
pub(super) fn kind_text(kind: &str) -> String {
    let known = match kind {
        "item.created" => texts::item_created(),
        "item.changed" => texts::item_changed(),
        "item.archived" => texts::item_archived(),
        "item.restored" => texts::item_restored(),
        "category.renamed" => texts::category_renamed(),
        "warehouse.created" => texts::warehouse_created(),
        "warehouse.changed" => texts::warehouse_changed(),
        "warehouse.archived" => texts::warehouse_archived(),
        "warehouse.restored" => texts::warehouse_restored(),
        "session.created" => texts::signed_in(),
        "session.rejected" => texts::event_session_rejected(),
        "session.ended" => texts::live_signed_out(),
        "session.revoked" => texts::event_session_revoked(),
        "person.invited" => texts::event_person_invited(),
        "person.created" => texts::event_person_created(),
        "person.changed" => texts::event_person_changed(),
        "person.disabled" => texts::event_person_disabled(),
        "password.changed" => texts::event_password_changed(),
        "second_factor.changed" => texts::event_second_factor_changed(),
        "identity.changed" => texts::event_identity_changed(),
        "client.created" => texts::event_client_created(),
        "client.changed" => texts::event_client_changed(),
        "client.disabled" => texts::event_client_disabled(),
        "token.created" => texts::event_token_created(),
        "token.revoked" => texts::event_token_revoked(),
        "order.created" => texts::event_order_created(),
        "order.changed" => texts::event_order_changed(),
        "order.cancelled" => texts::event_order_cancelled(),
        "block.extended" => texts::event_block_extended(),
        "payment.started" => texts::event_payment_started(),
        "payment.ended" => texts::event_payment_ended(),
        "import.created" => texts::event_import_created(),
        "import.applied" => texts::event_import_applied(),
        "import.cancelled" => texts::event_import_cancelled(),
        "view.saved" => texts::event_view_saved(),
        "view.deleted" => texts::event_view_deleted(),
        "webhook.created" => texts::event_webhook_created(),
        "webhook.changed" => texts::event_webhook_changed(),
        "webhook.rotated" => texts::event_webhook_rotated(),
        "webhook.disabled" => texts::event_webhook_disabled(),
        "webhook.deleted" => texts::event_webhook_deleted(),
        "archive.written" => texts::event_archive_written(),
        "server.started" => texts::event_server_started(),
        other => return spelled_out(other),
    };
    known.to_owned()
}

/// Returns the words of a kind without a text: "Item new" for `item.new`.
fn spelled_out(kind: &str) -> String {
    let words = kind.replace(['.', '_'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_texts() {
        assert_eq!(kind_text("session.created"), "Signed in");
        assert_eq!(kind_text("item.painted_red"), "Item painted red");
    }
}
