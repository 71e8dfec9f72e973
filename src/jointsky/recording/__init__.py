"""Recordings on disk become readings, tracks, figures and pictures."""
