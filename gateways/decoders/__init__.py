"""Bytes of one dialect in, words out; pure: no socket, no clock, no error but `DecodeError`."""
