"""How far tracks and plots of real recordings lie from an independent reference, as distributions.

python benchmarks/agreement.py [--shared ../shared] [--pictures docs/images]

Barcelona, 2 h: multilateration and surface radar against the positions that aircraft sent
themselves.  Argentina, 1 h: an en-route radar against the tracks of the control centre.  Prints
tables and writes one picture for each; docs/agreement.md explains them.
"""

import argparse
import pathlib
import sys

import numpy as np
from agreement_parts import pictures, studies
from agreement_parts.paths import Differences, quantile
from agreement_parts.site import NAMES, SiteEstimate

ROOT = pathlib.Path(__file__).parents[1]
UNITS = ("m", "m", "m", "m", "m", "m/s", "m/s", "°", "°", "m")
COLUMNS = ("median", "p95", "p99", "along", "across", "speed", "p95", "course", "p95", "said")


def row(name: str, given: Differences) -> str:
    """Return one line of a table."""
    speed, course = np.abs(given.speed_error_mps), np.abs(given.heading_error_deg)
    numbers = (
        *(quantile(given.horizontal_m, share) for share in (0.5, 0.95, 0.99)),
        quantile(given.along_m, 0.5),
        quantile(given.across_m, 0.5),
        quantile(speed, 0.5),
        quantile(speed, 0.95),
        quantile(course, 0.5),
        quantile(course, 0.95),
        quantile(given.sigma_m, 0.5),
    )
    return f"  {name:<28}{len(given):>8,}" + "".join(
        f"{'-':>8}" if np.isnan(number) else f"{number:>8.1f}" for number in numbers
    )


def show(study: studies.Study, groups: dict[str, tuple[str, float, float]]) -> None:
    """Print one study: what was compared, and a line for each group of differences."""
    print(f"\n{study.title}")
    for name, value in study.figures.items():
        text = f"{value:.1%}" if isinstance(value, float) else f"{value:,}"
        print(f"  {name:<46}{text:>10}")
    print(f"  {'':<28}{'n':>8}" + "".join(f"{name:>8}" for name in COLUMNS))
    print(f"  {'':<28}{'':>8}" + "".join(f"{unit:>8}" for unit in UNITS))
    for label, given in (("plots", study.plots), ("tracks", study.tracks)):
        print(row(label, given))
        for name, (field, low, high) in groups.items():
            values = getattr(given, field)
            some = given.rows((values >= low) & (values < high))
            if len(some):
                print(row(f"  {name}", some))
        if not study.has_all_courses:
            continue
        found = studies.bias(given)
        print(
            f"    {label} lie {found.east_m:+.1f} m east, {found.north_m:+.1f} m north, "
            f"{found.ahead_m:+.1f} m ahead, and {found.lag_s:+.2f} s of flight ahead"
        )


def show_site(found: SiteEstimate) -> None:
    """Print a radar's site as estimated."""
    print("\nSite of radar 226/232, estimated from the first half of the time")
    print(f"  {found.latitude_deg:.5f}, {found.longitude_deg:.5f} (height {found.height_m:.0f} m "
          "taken for granted)")  # fmt: skip
    values = (np.nan, np.nan, found.north_offset_deg, found.range_bias_m, found.time_bias_s)
    for name, value, sigma in zip(NAMES, values, found.sigmas, strict=True):
        text = "" if np.isnan(value) else f"{value:>10.3f}"
        print(f"  {name:<20}{text:>10} ± {sigma:.3f}")
    print(f"  correlation of northing and range bias {found.correlations[0, 3]:.2f}")
    print(
        f"  {found.used:,} of {found.pairs:,} pairs of {found.targets} targets fit: "
        f"range {found.range_rms_m:.0f} m, azimuth {found.azimuth_rms_deg:.3f}° (RMS)"
    )


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=pathlib.Path, default=ROOT.parent / "shared")
    parser.add_argument("--pictures", type=pathlib.Path, default=ROOT / "out" / "agreement")
    given = parser.parse_args()
    if not (given.shared / "data" / "asterix").is_dir():
        print(f"{given.shared} holds no recordings: nothing to compare", file=sys.stderr)
        return
    given.pictures.mkdir(parents=True, exist_ok=True)
    distance = {
        "within 2 km of the site": ("from_site_m", 0.0, 2e3),
        "2 to 10 km": ("from_site_m", 2e3, 10e3),
        "10 to 20 km": ("from_site_m", 10e3, 20e3),
        "beyond 20 km": ("from_site_m", 20e3, np.inf),
    }
    speed = {
        "standing": ("speed_mps", 0.0, 2.0),
        "slower than 8 m/s": ("speed_mps", 2.0, 8.0),
        "8 to 20 m/s": ("speed_mps", 8.0, 20.0),
        "on the runway": ("speed_mps", 20.0, np.inf),
    }
    reach = {
        "within 250 km": ("from_site_m", 0.0, 250e3),
        "250 to 400 km": ("from_site_m", 250e3, 400e3),
        "beyond 400 km": ("from_site_m", 400e3, np.inf),
    }
    study = studies.multilateration(given.shared)
    show(study, distance)
    pictures.draw(study, given.pictures / "agreement-multilateration.png", 200.0)
    study = studies.surface(given.shared)
    show(study, speed)
    pictures.draw(study, given.pictures / "agreement-surface.png", 60.0)
    study, found = studies.radar(given.shared)
    show_site(found)
    show(study, reach)
    pictures.draw(study, given.pictures / "agreement-radar.png", 1200.0)
    print(f"\nPictures are in {given.pictures}")


if __name__ == "__main__":
    main()
