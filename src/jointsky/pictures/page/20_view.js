// The view: which part of the plane is on the screen; moving and zooming it.

class View {
  constructor(plane) {
    this.plane = plane;
    this.x = 0;
    this.y = 0;
    this.scale = 1; // pixels a unit of the plane
    this.width = 1;
    this.height = 1;
    this.fitted = null; // the extent that is shown, until the view is moved
    this.changed = () => {};
  }

  screen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  plain(px, py) {
    return [(px - this.width / 2) / this.scale + this.x, (py - this.height / 2) / this.scale + this.y];
  }

  box(pad = 0) {
    const [west, north] = this.plain(-pad, -pad);
    const [east, south] = this.plain(this.width + pad, this.height + pad);
    return { west, north, east, south };
  }

  metresPerPixel() {
    return this.plane.metresPerUnit(this.y) / this.scale;
  }

  limits() {
    const unit = this.plane.metresPerUnit(this.y);
    return [unit / 200000, unit / 0.05]; // from the whole earth to five centimetres a pixel
  }

  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.plain(px, py);
    const [least, most] = this.limits();
    this.scale = Math.max(least, Math.min(most, this.scale * factor));
    this.x = x - (px - this.width / 2) / this.scale;
    this.y = y - (py - this.height / 2) / this.scale;
    this.fitted = null;
    this.changed();
  }

  move(dx, dy) {
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    if (!this.plane.flat) this.y = Math.max(-3.13, Math.min(3.13, this.y));
    this.fitted = null;
    this.changed();
  }

  centre(x, y) {
    this.x = x;
    this.y = y;
    this.fitted = null;
    this.changed();
  }

  fit(extent) {
    const a = this.plane.of(extent[0], extent[1]);
    const b = this.plane.of(extent[2], extent[3]);
    this.x = (a[0] + b[0]) / 2;
    this.y = (a[1] + b[1]) / 2;
    const wide = Math.abs(b[0] - a[0]) || 1e-6;
    const high = Math.abs(b[1] - a[1]) || 1e-6;
    this.scale = Math.min(this.width / wide, this.height / high);
    this.fitted = extent;
    this.changed();
  }
}

// Great-circle distance in metres and first bearing in degrees; straight in a flat scene.
function distanceAndBearing(plane, a, b) {
  const [lon1, lat1] = plane.back(a[0], a[1]);
  const [lon2, lat2] = plane.back(b[0], b[1]);
  if (plane.flat) {
    const bearing = (Math.atan2(lon2 - lon1, lat2 - lat1) * 180) / Math.PI;
    return [Math.hypot(lon2 - lon1, lat2 - lat1), (bearing + 360) % 360];
  }
  const rad = Math.PI / 180;
  const d = (lon2 - lon1) * rad;
  const [p, q] = [lat1 * rad, lat2 * rad];
  const east = Math.sin(d) * Math.cos(q);
  const north = Math.cos(p) * Math.sin(q) - Math.sin(p) * Math.cos(q) * Math.cos(d);
  const along = Math.sin(p) * Math.sin(q) + Math.cos(p) * Math.cos(q) * Math.cos(d);
  const bearing = Math.atan2(east, north) / rad;
  return [EARTH_M * Math.atan2(Math.hypot(east, north), along), (bearing + 360) % 360];
}

// The place at a distance and bearing from (lon, lat) in degrees, or from (x, y) of a flat scene.
function placeAt(flat, place, metres, bearingDeg) {
  const rad = Math.PI / 180;
  if (flat) {
    return [place[0] + metres * Math.sin(bearingDeg * rad), place[1] + metres * Math.cos(bearingDeg * rad)];
  }
  const [lon, lat, d] = [place[0] * rad, place[1] * rad, metres / EARTH_M];
  const sinLat = Math.sin(lat) * Math.cos(d) + Math.cos(lat) * Math.sin(d) * Math.cos(bearingDeg * rad);
  const east = Math.sin(bearingDeg * rad) * Math.sin(d) * Math.cos(lat);
  return [(lon + Math.atan2(east, Math.cos(d) - Math.sin(lat) * sinLat)) / rad, Math.asin(sinLat) / rad];
}
