"""Live: feeds and links of one site, on the wall clock, become its part of the shared picture."""
