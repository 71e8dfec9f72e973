"""A scenario file and what it includes become one declared thing, or a list of all its faults."""
