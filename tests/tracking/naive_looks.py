"""Bayes' rule for what looks bring, one line a hypothesis."""


def after_silence(existence, view, lost, detection):
    """Return existence, and view if it exists, after one look that brought nothing.

    ``view``: probability that the sensor can see the target at all; it may lose it first.
    """
    in_view = existence * view * (1.0 - lost)
    out_of_view = existence - in_view
    unseen = in_view * (1.0 - detection)
    there = out_of_view + unseen
    return there / (there + 1.0 - existence), unseen / there
