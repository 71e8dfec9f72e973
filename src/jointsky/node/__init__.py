"""One site's brain: told what happened and when, it answers with effects, and does nothing else."""
