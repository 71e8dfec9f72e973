"""Records become files that pandas, Polars and DuckDB read as they lie, and come back."""
