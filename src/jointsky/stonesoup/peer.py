"""What the adapter takes from Stone Soup, in one place; without Stone Soup, an error that helps."""

from jointsky.errors import NotInstalledError

try:
    from stonesoup.base import Property
    from stonesoup.models.measurement.base import MeasurementModel
    from stonesoup.models.measurement.linear import LinearGaussian
    from stonesoup.models.measurement.nonlinear import (
        Cartesian2DToBearing,
        CartesianToBearingRange,
        CartesianToBearingRangeRate,
        CartesianToBearingRangeRate2D,
        CartesianToElevationBearing,
        CartesianToElevationBearingRange,
        CartesianToElevationBearingRangeRate,
    )
    from stonesoup.reader.base import DetectionReader
    from stonesoup.tracker.base import Tracker
    from stonesoup.types.detection import Detection
    from stonesoup.types.state import GaussianState
    from stonesoup.types.track import Track
except ModuleNotFoundError as error:
    raise NotInstalledError("jointsky.stonesoup", error.name or "stonesoup", "stonesoup") from error

__all__ = [
    "Cartesian2DToBearing",
    "CartesianToBearingRange",
    "CartesianToBearingRangeRate",
    "CartesianToBearingRangeRate2D",
    "CartesianToElevationBearing",
    "CartesianToElevationBearingRange",
    "CartesianToElevationBearingRangeRate",
    "Detection",
    "DetectionReader",
    "GaussianState",
    "LinearGaussian",
    "MeasurementModel",
    "Property",
    "Track",
    "Tracker",
]
