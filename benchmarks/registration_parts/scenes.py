"""Bench scenes with and without errors of radars: the same flights, the same noise."""

from __future__ import annotations

import dataclasses
import importlib.util
import pathlib
import sys
import types
from typing import Any

import numpy as np
import pandas as pd

from jointsky.formats.bench.read import read_scene
from jointsky.formats.options import ReadOptions
from jointsky.records.reading import Reading


@dataclasses.dataclass(frozen=True)
class Made:
    """A scene: its tables, how its targets move, and its recording."""

    tables: dict[str, pd.DataFrame]
    motion: Any
    reading: Reading

    def errors(self) -> np.ndarray:
        """Return the true errors (R, 4): range, azimuth, elevation, clock."""
        biases = self.tables["biases"]
        out = np.zeros((len(biases), 4))
        out[:, 0] = biases.bias_range_m
        out[:, 1] = np.radians(biases.bias_azimuth_deg)
        return out


def tool(shared: pathlib.Path, name: str) -> types.ModuleType:
    """Return a module of the shared bench."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", shared / "bench" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no {name}.py under {shared}/bench")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def make(generate: types.ModuleType, seed: int, folder: pathlib.Path, biased: bool) -> Made:
    """Return the scene of a seed; without its errors all else stays the same."""
    scene = generate.SCENES["biased"]
    if not biased:
        scene = dataclasses.replace(scene, bias_range_m=0.0, bias_azimuth_deg=0.0)
    out = folder / f"{'biased' if biased else 'right'}_{seed}"
    generate.save(scene, seed, out)
    rng = np.random.default_rng([seed, *scene.name.encode()])
    motion = generate.random_motion(rng, scene).freeze()
    tables = {
        name: pd.read_parquet(out / f"{name}.parquet")
        for name in ("plots", "truth", "radars", "biases")
    }
    return Made(tables, motion, read_scene(out, ReadOptions()))
