"""Scenes, runs, demands and pictures of the tracker's benchmarks."""
