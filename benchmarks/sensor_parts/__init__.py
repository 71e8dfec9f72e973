"""Parts of benchmarks/sensors_speed.py."""
