"""Arithmetic that two rooms need: assignment, small solves."""
