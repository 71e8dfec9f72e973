"""Parts of the benchmarks of live networks."""
