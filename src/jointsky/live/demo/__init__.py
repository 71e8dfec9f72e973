"""The recorded sky of two nations that the demonstration plays, and its configuration."""
