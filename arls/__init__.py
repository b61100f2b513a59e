"""The engine: knows no wire and no web, reads no clock; its time is the `at` of each message."""
