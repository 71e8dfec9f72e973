"""Tracks and plots reach every site: messages, their order and repair, what a nation gives."""
