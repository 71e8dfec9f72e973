"""Make the plots of the pages under docs/models: each module of docs/plots draws one image.

    python docs/make_plots.py [NAME ...]

``docs/plots/NAME.py`` has a function ``draw(figure)`` and perhaps ``SIZE_PX``; the image is
docs/images/model-NAME.png.
"""

import importlib.util
import pathlib
import sys
import types

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

HERE = pathlib.Path(__file__).parent
IMAGES = HERE / "images"
DPI = 100
SIZE_PX = (1000, 420)


def plots() -> list[str]:
    """Return the names of all plots."""
    return sorted(path.stem for path in (HERE / "plots").glob("*.py"))


def module_of(name: str) -> types.ModuleType:
    """Return the module that draws a plot."""
    spec = importlib.util.spec_from_file_location(f"plot_{name}", HERE / "plots" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no plot {name}: there are {', '.join(plots())}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(name: str, folder: pathlib.Path = IMAGES) -> pathlib.Path:
    """Draw one plot into a folder; return the image's path."""
    module = module_of(name)
    width, height = getattr(module, "SIZE_PX", SIZE_PX)
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    module.draw(figure)
    for axes in figure.axes:
        axes.grid(True, color="#d5dde3", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(labelsize=8, length=0)
        for spine in axes.spines.values():
            spine.set_color("#8aa2b2")
    path = folder / f"model-{name}.png"
    figure.savefig(path, metadata={"Software": "jointsky"})
    return path


if __name__ == "__main__":
    for name in sys.argv[1:] or plots():
        print(make(name))
