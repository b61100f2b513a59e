"""One wire outside the process each: bytes in, acknowledgements out."""
