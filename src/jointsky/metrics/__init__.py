"""Tracks become figures: how complete, accurate, continuous and timely the picture was."""
