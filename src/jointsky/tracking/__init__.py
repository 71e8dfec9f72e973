"""Plots of many sensors become tracks."""
