"""Hooks of schemathesis: changes to generated requests."""

import schemathesis


def whole_numbers(value):
    """Returns the value with 3 in place of 3.0: JSON Schema has one kind of number, and the server has two."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, list):
        return [whole_numbers(entry) for entry in value]
    if isinstance(value, dict):
        return {key: whole_numbers(entry) for key, entry in value.items()}
    return value


@schemathesis.hook
def map_body(context, body):
    return whole_numbers(body)
