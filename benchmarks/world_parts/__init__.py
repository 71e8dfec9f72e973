"""What the benchmarks of flight are made of."""
