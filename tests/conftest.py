"""All tests draw the same examples in every run; ``make fuzz`` is where new ones are sought."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
