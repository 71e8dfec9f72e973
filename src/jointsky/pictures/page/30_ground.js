// The ground: land, lakes, borders, grid, names, sensors and rings, on the lower canvas.

class Ground {
  constructor(plane, facts, columns) {
    this.plane = plane;
    this.facts = facts;
    this.layers = {};
    this.names = {};
    if (plane.flat) return;
    for (const layer of ['land', 'shore', 'borders', 'lakes']) this.layers[layer] = this.curves(columns, layer);
    for (const kind of ['countries', 'cities', 'airports']) {
      const at = placesOnPlane(plane, columns[`${kind}X`], columns[`${kind}Y`], 1e-4);
      this.names[kind] = { text: facts.ground.names[kind], ...at };
    }
  }

  curves(columns, layer) {
    const [sizes, xs, ys] = ['Size', 'X', 'Y'].map((part) => columns[layer + part]);
    const curves = [];
    let i = 0;
    for (const size of sizes) {
      const x = new Float64Array(size);
      const y = new Float64Array(size);
      const box = { west: Infinity, east: -Infinity, north: Infinity, south: -Infinity };
      const shift = this.plane.turn((xs[i] + xs[i + size - 1]) / 2000) - (xs[i] + xs[i + size - 1]) / 2000;
      for (let k = 0; k < size; k++, i++) {
        const lat = Math.max(-85, Math.min(85, ys[i] / 1000)) * (Math.PI / 180);
        x[k] = (xs[i] / 1000 + shift) * (Math.PI / 180);
        y[k] = -Math.log(Math.tan(Math.PI / 4 + lat / 2));
        box.west = Math.min(box.west, x[k]);
        box.east = Math.max(box.east, x[k]);
        box.north = Math.min(box.north, y[k]);
        box.south = Math.max(box.south, y[k]);
      }
      curves.push({ x, y, box });
    }
    return curves;
  }

  path(pen, view, layer, close) {
    const seen = view.box(4);
    pen.beginPath();
    for (const { x, y, box } of this.layers[layer]) {
      if (box.east < seen.west || box.west > seen.east || box.south < seen.north || box.north > seen.south) continue;
      if ((box.east - box.west) * view.scale < 1.2 && (box.south - box.north) * view.scale < 1.2) continue;
      let [lastX, lastY] = view.screen(x[0], y[0]);
      pen.moveTo(lastX, lastY);
      for (let k = 1; k < x.length; k++) {
        const px = (x[k] - view.x) * view.scale + view.width / 2;
        const py = (y[k] - view.y) * view.scale + view.height / 2;
        if (k < x.length - 1 && Math.abs(px - lastX) + Math.abs(py - lastY) < 0.8) continue;
        pen.lineTo(px, py);
        lastX = px;
        lastY = py;
      }
      if (close) pen.closePath();
    }
  }

  draw(pen, view, colours, show) {
    pen.fillStyle = this.plane.flat ? colours.land : colours.water;
    pen.fillRect(0, 0, view.width, view.height);
    if (!this.plane.flat) {
      pen.fillStyle = colours.land;
      this.path(pen, view, 'land', true);
      pen.fill('nonzero');
      pen.fillStyle = colours.water;
      pen.strokeStyle = colours.coast;
      pen.lineWidth = 0.7;
      this.path(pen, view, 'lakes', true);
      pen.fill('nonzero');
      pen.stroke();
    }
    this.grid(pen, view, colours);
    if (!this.plane.flat) this.outlines(pen, view, colours, 1);
    if (show.rings) this.rings(pen, view, colours);
  }

  outlines(pen, view, colours, alpha) {
    if (this.plane.flat) return;
    pen.globalAlpha = alpha;
    pen.strokeStyle = colours.coast;
    pen.lineWidth = 1;
    this.path(pen, view, 'shore', false);
    pen.stroke();
    pen.strokeStyle = colours.border;
    pen.lineWidth = 1.3;
    this.path(pen, view, 'borders', false);
    pen.stroke();
    pen.globalAlpha = 1;
  }

  grid(pen, view, colours) {
    const seen = view.box();
    const [west, north] = this.plane.back(seen.west, seen.north);
    const [, south] = this.plane.back(seen.east, seen.south);
    const perPixel = this.plane.flat ? 1 / view.scale : 180 / Math.PI / view.scale;
    const steps = this.plane.flat
      ? [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5]
      : [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30];
    const step = steps.find((s) => s / perPixel > 130) || steps[steps.length - 1];
    const digits = step >= 1 ? 0 : Math.ceil(-Math.log10(step));
    pen.strokeStyle = colours.grid;
    pen.fillStyle = colours.quiet;
    pen.lineWidth = 0.7;
    pen.font = '11px system-ui, "DejaVu Sans", sans-serif';
    pen.beginPath();
    const text = (value, plus, minus) => this.plane.flat ? `${value / 1000} km`
      : `${Math.abs(value).toFixed(digits)}°${Math.abs(value) < 1e-9 ? '' : value > 0 ? plus : minus}`;
    const first = this.plane.flat ? west : west - 360 * Math.round((west - this.facts.middleLongitude) / 360);
    for (let n = 0, x = Math.ceil(first / step) * step; n < 40; n++, x += step) {
      const [px] = view.screen(this.plane.flat ? x : (x * Math.PI) / 180, 0);
      if (px > view.width) break;
      if (px < 0) continue;
      pen.moveTo(px, 0);
      pen.lineTo(px, view.height);
      pen.fillText(text(((x + 540) % 360) - 180 + (this.plane.flat ? x - (((x + 540) % 360) - 180) : 0), 'E', 'W'), px + 3, view.height - 4);
    }
    for (let n = 0, y = Math.ceil(south / step) * step; n < 40 && y <= north; n++, y += step) {
      const [, py] = view.screen(0, this.plane.of(0, y)[1]);
      pen.moveTo(0, py);
      pen.lineTo(view.width, py);
      if (py < view.height - 24) pen.fillText(text(y, 'N', 'S'), 4, py - 3);
    }
    pen.stroke();
  }

  rings(pen, view, colours) {
    const steps = [500, 1000, 2000, 5000, 1e4, 2e4, 5e4, 1e5];
    const step = steps.find((s) => s / view.metresPerPixel() > 70) || 1e5;
    pen.strokeStyle = colours.accent;
    pen.fillStyle = colours.accent;
    pen.lineWidth = 0.8;
    for (const sensor of this.facts.sensors) {
      if (!sensor.place) continue;
      for (let ring = 1; ring <= 6; ring++) {
        pen.globalAlpha = 0.55;
        pen.beginPath();
        for (let bearing = 0; bearing <= 360; bearing += 4) {
          const [x, y] = this.plane.of(...placeAt(this.plane.flat, sensor.place, ring * step, bearing));
          pen.lineTo(...view.screen(x, y));
        }
        pen.stroke();
        pen.globalAlpha = 1;
        const [x, y] = this.plane.of(...placeAt(this.plane.flat, sensor.place, ring * step, 0));
        const [px, py] = view.screen(x, y);
        pen.fillText(`${(ring * step) / 1000} km`, px + 3, py - 3);
      }
    }
  }

  // Names that find room among what is already written on the label page.
  drawNames(pen, view, colours, page) {
    if (this.plane.flat) return;
    const wideM = view.metresPerPixel() * view.width;
    const order = [];
    if (wideM > 250e3) order.push(['countries', 22]);
    if (wideM < 60e3) order.push(['airports', 20]);
    order.push(['cities', 60]);
    if (wideM >= 60e3 && wideM < 500e3) order.push(['airports', 16]);
    const seen = view.box(20);
    pen.textBaseline = 'alphabetic';
    for (const [kind, most] of order) {
      const { text, x, y } = this.names[kind];
      pen.font = kind === 'airports' ? 'italic 11px system-ui, "DejaVu Sans", sans-serif' : '12px system-ui, "DejaVu Sans", sans-serif';
      pen.fillStyle = colours.place;
      for (let i = 0, drawn = 0, tried = 0; i < text.length && drawn < most && tried < 6 * most; i++) {
        if (x[i] < seen.west || x[i] > seen.east || y[i] < seen.north || y[i] > seen.south) continue;
        tried++;
        const [px, py] = view.screen(x[i], y[i]);
        const words = kind === 'countries' ? text[i].toUpperCase().split('').join('\u200a') : text[i];
        const wide = pen.measureText(words).width;
        const corner = kind === 'countries'
          ? page.centred(px, py, wide, 14) : page.place(px, py, wide, 14, [6]);
        if (!corner) continue;
        if (kind !== 'countries') {
          pen.beginPath();
          pen.arc(px, py, 2, 0, 7);
          pen.fill();
        }
        haloText(pen, words, corner[0], corner[1] + 11, colours.place, colours.land);
        drawn++;
      }
    }
  }

  drawSensors(pen, view, colours, page) {
    pen.font = '600 13px system-ui, "DejaVu Sans", sans-serif';
    for (const sensor of this.facts.sensors) {
      if (!sensor.place) continue;
      const [px, py] = view.screen(...this.plane.of(...sensor.place));
      pen.fillStyle = colours.accent;
      pen.strokeStyle = colours.halo;
      pen.lineWidth = 2;
      pen.beginPath();
      pen.moveTo(px, py - 7);
      pen.lineTo(px + 7, py);
      pen.lineTo(px, py + 7);
      pen.lineTo(px - 7, py);
      pen.closePath();
      pen.stroke();
      pen.fill();
      const corner = page.place(px, py, pen.measureText(sensor.name).width, 16, [10, 20]);
      if (corner) haloText(pen, sensor.name, corner[0], corner[1] + 12, colours.accent, colours.halo);
    }
  }

  drawScale(pen, view, colours) {
    const perPixel = view.metresPerPixel();
    const power = 10 ** Math.floor(Math.log10(perPixel * 160));
    const metres = [5, 2, 1].map((k) => k * power).find((m) => m <= perPixel * 160) || power;
    const wide = metres / perPixel;
    const [x, y] = [14, view.height - 26];
    pen.lineJoin = 'miter';
    for (const [colour, width] of [[colours.halo, 5], [colours.ink, 2]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.beginPath();
      pen.moveTo(x, y - 6);
      pen.lineTo(x, y);
      pen.lineTo(x + wide, y);
      pen.lineTo(x + wide, y - 6);
      pen.stroke();
    }
    pen.font = '12px system-ui, "DejaVu Sans", sans-serif';
    const name = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
    const miles = metres / 1852;
    haloText(pen, `${name} (${miles >= 10 ? Math.round(miles) : miles.toPrecision(2)} NM)`, x + 6, y - 6, colours.ink, colours.halo);
  }
}

function haloText(pen, text, x, y, colour, halo) {
  pen.strokeStyle = halo;
  pen.lineWidth = 3.5;
  pen.lineJoin = 'round';
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}
