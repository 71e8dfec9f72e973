"""Tracks become what people must know: who it is, where it should not be, what it could reach."""
