"""Flat Parquet scenes with known truth become plots; the truth is never read."""
