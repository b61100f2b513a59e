"""The append-only, hash-chained record of every command, event and view."""
