"""Threats become (simulated) orders, as far as both nations' doctrine and crews agree."""
