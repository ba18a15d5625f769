//! The texts that the server itself needs: messages after a form, in the language of the request.

pub use crate::server_pages::role_name;
pub use crate::texts::{
    allocated_and_missing, allocated_and_waiting, and_more_lines, cart_is_confirmed, cart_is_extended,
    cart_is_released, client_is_disabled, done, draft_posted, factor_removed, left_queue, limited_to,
    lines_changed, lines_conflict, local_admin, no_host, not_limited, now_in_queue, order_created,
    order_is_allocated, order_is_cancelled_empty, payment_ended, person_is_disabled, person_is_enabled,
    plan_short, planned_short, request_rejected, role_is, session_ended, sessions_ended, sign_in_cancelled,
    sign_in_invalid, sign_in_refused, sign_in_unavailable, token_is_revoked, units_are_shipped,
    units_came_back, units_cancelled, units_given, units_taken_from, webhook_events_retried,
    webhook_test_failed, webhook_tested,
};
