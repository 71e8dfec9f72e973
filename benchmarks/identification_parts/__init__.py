"""Parts of the benchmark of identification: a recorded run, and the figures of it."""
