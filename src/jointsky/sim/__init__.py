"""A scenario becomes a run: a folder with truth, plots, tracks, log, figures and a report."""
