"""BaseStation lines (SBS, port 30003) become plots."""
