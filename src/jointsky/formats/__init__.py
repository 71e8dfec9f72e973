"""Bytes of other people's formats become records, and records become bytes."""
