//! Days of filters, as times of the API.

/// Returns the first moment of a day as a time; nothing without a day.
pub fn first_moment(day: String) -> String {
    if day.is_empty() { day } else { format!("{day}T00:00:00Z") }
}

/// Returns the end of a day as a time: its second 60 is the start of the next day. Nothing without a day.
pub fn end(day: String) -> String {
    if day.is_empty() { day } else { format!("{day}T23:59:60Z") }
}
