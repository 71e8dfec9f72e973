"""An incident made for tests of its files: a drone over a town, a person seen near it."""

import math

import numpy as np

from jointsky.pictures.incident_view import IncidentView, ZoneShape
from jointsky.records.alerts import Alert, Happening, Incident
from jointsky.records.reports import Reports
from jointsky.records.tracks import Tracks

BEGIN_S = 1_777_629_600.0  # 2026-05-01 10:00:00 UTC
NUMBER = 1868440675535802544


def circle(latitude_deg, longitude_deg, radius_km, corners=72):
    course = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)
    lat = latitude_deg + radius_km / 111.2 * np.cos(course)
    lon = longitude_deg + radius_km / 111.2 * np.sin(course) / math.cos(math.radians(latitude_deg))
    return np.radians(np.column_stack([lat, lon]))


def made_incident(longitude_deg=27.56, lines=14):
    """Return the view of an incident about a place at 53.9 degrees north."""
    lat0, lon0 = math.radians(53.9), math.radians(longitude_deg)
    n = 200
    turn = np.linspace(0.0, 5.0, n)
    lat = lat0 + (turn - 3.4) * 6e-4 + 3e-4 * np.sin(2.0 * turn)
    lon = lon0 + (turn - 3.2) * 1e-3
    tracks = Tracks.make(
        n,
        time_s=BEGIN_S + 3.0 * np.arange(n),
        track_number=NUMBER,
        latitude_rad=lat,
        longitude_rad=np.remainder(lon + np.pi, 2 * np.pi) - np.pi,
        height_m=250.0 + 40.0 * np.sin(turn),
        ve_mps=20.0,
        vn_mps=9.0,
        status=1,
    )
    reports = Reports.make(
        time_s=[BEGIN_S + 240.0],
        received_s=[BEGIN_S + 250.0],
        sensor=[0],
        latitude_rad=[lat[120] + 1.5e-4],
        longitude_rad=[tracks.longitude_rad[120] - 4e-4],
        place_sigma_m=[600.0],
        claimed=["person"],
        remote_id=["1581F5BKD229Q00A"],
        words=["a man with a case in the park, a quadcopter over the river <b>"],
    )
    alert = Alert(
        number=3,
        kind="unknown-drone",
        track=NUMBER,
        zone="Minsk city",
        use="protected",
        state="acknowledged",
        why="an unknown drone is 2.9 km from protected zone Minsk city",
        raised_s=BEGIN_S + 90.0,
        changed_s=BEGIN_S + 120.0,
        latitude_rad=float(lat[30]),
        longitude_rad=float(tracks.longitude_rad[30]),
        acknowledged_s=BEGIN_S + 120.0,
        acknowledged_by="Orsa",
    )
    said = [
        ("opened", "Unknown drone at Minsk city", ""),
        ("alert", f"alert 3 raised: {alert.why}", ""),
        ("track", "track EK7M5G belongs to it", ""),
        ("sensor", "seen by airport radar, camera 2", ""),
        ("alert", "alert 3 acknowledged", "Orsa"),
        ("report", f"{reports.words[0]}; Remote ID {reports.remote_id[0]}", "post 4"),
        ("note", "police patrol 12 is on its way to the park, four minutes", "Orsa"),
    ]
    said += [("note", f"patrol tells its place, {k}", "Orsa") for k in range(lines - 9)]
    said += [
        ("track", "track EK7M5G is not seen any more", ""),
        ("handed over", "to city police", "Berzins"),
    ]
    incident = Incident(
        id="20260501-100130-1",
        title="Unknown drone at Minsk city",
        state="handed over",
        begin_s=BEGIN_S + 90.0,
        changed_s=BEGIN_S + 900.0,
        latitude_rad=float(lat[30]),
        longitude_rad=float(tracks.longitude_rad[30]),
        place_sigma_m=28.0,
        zone="Minsk city",
        tracks=(NUMBER,),
        alerts=(3,),
        reports=1,
        remote_ids=("1581F5BKD229Q00A",),
        sensors=("airport radar", "camera 2"),
        handed_to="city police",
        timeline=tuple(
            Happening(time_s=BEGIN_S + 90.0 + 20.0 * k, kind=kind, words=words, by=by)
            for k, (kind, words, by) in enumerate(said)
        ),
    )
    return IncidentView(
        incident=incident,
        tracks=tracks,
        alerts=[alert],
        reports=reports,
        reporters=["post 4"],
        zones=[ZoneShape("Minsk city", "protected", circle(53.9, longitude_deg, 12.0))],
        names={NUMBER: "EK7M5G"},
        site="hill",
        is_simulated=True,
    )
