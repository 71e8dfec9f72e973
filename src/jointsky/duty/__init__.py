"""A picture and the other nation's word become a command post's decisions, in simulation only."""
