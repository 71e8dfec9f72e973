"""Parts of the benchmark of engagements: the trials whose means closed forms know."""
