"""Declared flights become truth: exact motion of every vehicle, at any time without stepping."""
