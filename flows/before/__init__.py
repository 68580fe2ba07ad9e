"""The run before and this one: which rows have come, gone or moved, and what differs between two kept runs."""
