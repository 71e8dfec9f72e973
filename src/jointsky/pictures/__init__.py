"""Records become pictures: plots and tracks over a map, and over time."""
