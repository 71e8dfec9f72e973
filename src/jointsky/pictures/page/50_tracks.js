// The tracks: where each is at a time, its line so far, its symbol and label; plots as dots.

const HOLD_CS = 1500; // a track stays for so long after its last word, in hundredths of a second

class TrackSet {
  constructor(plane, facts, columns) {
    this.facts = facts;
    this.c = columns;
    this.count = columns.start.length - 1;
    const unit = facts.flat ? 0.1 : 1e-6;
    Object.assign(this, placesOnPlane(plane, columns.x, columns.y, unit));
    this.plots = placesOnPlane(plane, columns.plotX, columns.plotY, unit);
    this.steps = facts.palettes.light.height.length;
    this.bins = this.heightBins();
    this.byColour = this.rowsByColour();
    this.now = Array.from({ length: this.count }, (_, k) => ({ track: k, alive: false, row: -1, x: 0, y: 0 }));
    this.byWeight = [...this.now].sort((a, b) => facts.tracks.weight[b.track] - facts.tracks.weight[a.track]);
  }

  heightBins() {
    const [low, high] = this.facts.heights;
    const bins = new Uint8Array(this.c.height.length);
    for (let i = 0; i < bins.length; i++) {
      const part = (this.c.height[i] - low) / (high - low);
      bins[i] = this.c.height[i] === UNKNOWN ? this.steps
        : Math.max(0, Math.min(this.steps - 1, Math.floor(part * this.steps)));
    }
    return bins;
  }

  rowsByColour() {
    const rows = Array.from({ length: this.steps + 1 }, () => []);
    for (let i = 0; i < this.bins.length; i++) if (this.c.joined[i]) rows[this.bins[i + 1]].push(i);
    const ends = this.c.time;
    return rows.map((list) => {
      const inOrder = Int32Array.from(list);
      list.sort((a, b) => ends[a + 1] - ends[b + 1]);
      return { inOrder, byEnd: Int32Array.from(list), ends: Int32Array.from(list, (i) => ends[i + 1]) };
    });
  }

  colour(row, colours) {
    return this.bins[row] === this.steps ? colours.unknown : colours.height[this.bins[row]];
  }

  // The last row of track k at or before a time, or -1.
  rowAt(k, time) {
    let low = this.c.start[k];
    let high = this.c.start[k + 1] - 1;
    if (high < low || this.c.time[low] > time) return -1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.c.time[middle] <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // Puts every track where it is at a time (hundredths of a second), between its rows if need be.
  moveTo(time) {
    for (const state of this.now) {
      const row = this.rowAt(state.track, time);
      state.row = row;
      state.alive = false;
      if (row < 0) continue;
      const since = time - this.c.time[row];
      state.alive = this.c.joined[row] === 1 || since <= HOLD_CS;
      let part = 0;
      if (this.c.joined[row] && since > 0) part = since / (this.c.time[row + 1] - this.c.time[row]);
      state.x = this.x[row] + (part ? part * (this.x[row + 1] - this.x[row]) : 0);
      state.y = this.y[row] + (part ? part * (this.y[row + 1] - this.y[row]) : 0);
    }
  }

  // Plots after ``since`` and up to ``time``.
  drawPlots(pen, view, colours, since, time) {
    const { x, y } = this.plots;
    const times = this.c.plotTime;
    const from = lowerBound(times, since + 1);
    const to = lowerBound(times, time + 1);
    const many = times.length > 50000;
    pen.fillStyle = colours.plot;
    pen.globalAlpha = many ? 0.5 : 0.8;
    const size = many ? 1 : 1.6;
    for (let i = from; i < to; i++) {
      const px = (x[i] - view.x) * view.scale + view.width / 2;
      const py = (y[i] - view.y) * view.scale + view.height / 2;
      if (px >= 0 && py >= 0 && px <= view.width && py <= view.height) pen.fillRect(px - size / 2, py - size / 2, size, size);
    }
    pen.globalAlpha = 1;
  }

  // Lines that end after ``since`` and up to ``time``.
  drawTrails(pen, view, colours, since, time, wanted, chosen) {
    const { x, y } = this;
    const times = this.c.time;
    const kept = this.keptRows(wanted);
    pen.lineJoin = 'round';
    pen.lineCap = 'butt';
    pen.lineWidth = this.count > 400 && this.bins.length > 20000 ? 1.1 : 1.7;
    pen.globalAlpha = chosen >= 0 ? 0.35 : 0.85;
    const seen = view.box(2);
    for (let bin = 0; bin <= this.steps; bin++) {
      const { inOrder, byEnd, ends } = this.byColour[bin];
      let [first, end] = [lowerBound(ends, since + 1), lowerBound(ends, time + 1)];
      if (first === end) continue;
      const most = end - first > byEnd.length / 4; // then whole lines, in their order, draw faster
      const rows = most ? inOrder : byEnd;
      if (most) [first, end] = [0, rows.length];
      pen.strokeStyle = bin === this.steps ? colours.unknown : colours.height[bin];
      pen.beginPath();
      let last = -2;
      for (let n = first; n < end; n++) {
        const i = rows[n];
        if (!kept[i] || (most && (times[i + 1] <= since || times[i + 1] > time))) continue;
        if ((x[i] < seen.west && x[i + 1] < seen.west) || (x[i] > seen.east && x[i + 1] > seen.east) ||
            (y[i] < seen.north && y[i + 1] < seen.north) || (y[i] > seen.south && y[i + 1] > seen.south)) continue;
        if (last !== i) pen.moveTo((x[i] - view.x) * view.scale + view.width / 2, (y[i] - view.y) * view.scale + view.height / 2);
        pen.lineTo((x[i + 1] - view.x) * view.scale + view.width / 2, (y[i + 1] - view.y) * view.scale + view.height / 2);
        last = i + 1;
      }
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  keptRows(wanted) {
    if (this.keptFor !== wanted.version) {
      this.kept = new Uint8Array(this.c.time.length);
      for (let k = 0; k < this.count; k++) {
        for (let i = this.c.start[k]; i < this.c.start[k + 1]; i++) this.kept[i] = wanted.track[k] && wanted.height(this.c.height[i]) ? 1 : 0;
      }
      this.keptFor = wanted.version;
    }
    return this.kept;
  }

  // The last bit of each line, from the newest row to where the track is between rows.
  drawEnds(pen, view, colours, wanted) {
    pen.lineWidth = 1.6;
    for (const state of this.now) {
      const i = state.row;
      if (!state.alive || !wanted.track[state.track] || !this.c.joined[i]) continue;
      if (!wanted.height(this.c.height[i])) continue;
      pen.strokeStyle = this.colour(i, colours);
      pen.beginPath();
      pen.moveTo(...view.screen(this.x[i], this.y[i]));
      pen.lineTo(...view.screen(state.x, state.y));
      pen.stroke();
    }
  }

  drawChosen(pen, view, colours, k, time) {
    for (const [width, halo] of [[6, true], [3, false]]) {
      pen.lineWidth = width;
      for (let i = this.c.start[k]; i < this.c.start[k + 1] - 1; i++) {
        if (!this.c.joined[i]) continue;
        pen.globalAlpha = this.c.time[i + 1] > time ? 0.3 : 1;
        pen.strokeStyle = halo ? colours.halo : this.colour(i + 1, colours);
        pen.beginPath();
        pen.moveTo(...view.screen(this.x[i], this.y[i]));
        pen.lineTo(...view.screen(this.x[i + 1], this.y[i + 1]));
        pen.stroke();
      }
    }
    pen.globalAlpha = 1;
  }

  shown(state, wanted) {
    return state.alive && wanted.track[state.track] && wanted.height(this.c.height[state.row]);
  }

  drawSymbols(pen, view, colours, wanted, chosen, hovered) {
    for (const state of this.byWeight) {
      if (!this.shown(state, wanted)) continue;
      const [px, py] = view.screen(state.x, state.y);
      if (px < -10 || py < -10 || px > view.width + 10 || py > view.height + 10) continue;
      const marked = state.track === chosen || state.track === hovered;
      const urgent = [0o7500, 0o7600, 0o7700].includes(this.c.squawk[state.row]);
      const course = this.c.course[state.row];
      pen.save();
      pen.translate(px, py);
      if (course !== UNKNOWN) pen.rotate((course * Math.PI) / 1800);
      pen.beginPath();
      if (course === UNKNOWN) pen.arc(0, 0, 4, 0, 7);
      else {
        pen.moveTo(0, -9);
        pen.lineTo(6, 7);
        pen.lineTo(0, 3.5);
        pen.lineTo(-6, 7);
        pen.closePath();
      }
      pen.lineJoin = 'round';
      pen.strokeStyle = marked ? colours.accent : colours.ink;
      pen.lineWidth = marked ? 5 : 2.4;
      pen.stroke();
      pen.fillStyle = this.colour(state.row, colours);
      pen.fill();
      pen.restore();
      if (urgent) {
        pen.strokeStyle = '#d5461e';
        pen.lineWidth = 2.5;
        pen.beginPath();
        pen.arc(px, py, 14, 0, 7);
        pen.stroke();
      }
    }
  }

  drawLabels(pen, view, colours, wanted, page, chosen, most) {
    pen.textBaseline = 'alphabetic';
    const first = chosen >= 0 ? [this.now[chosen]] : [];
    const seen = [];
    for (const state of this.now) {
      if (!this.shown(state, wanted)) continue;
      const [px, py] = view.screen(state.x, state.y);
      if (px < 0 || py < 0 || px > view.width || py > view.height) continue;
      page.take(px - 5, py - 5, 10, 10);
      seen.push(state.track);
    }
    const inside = new Set(seen);
    this.labelBoxes = [];
    for (const state of [...first, ...this.byWeight]) {
      if (this.labelBoxes.length >= most) break;
      if (!inside.has(state.track)) continue;
      inside.delete(state.track);
      const [px, py] = view.screen(state.x, state.y);
      const lines = [this.facts.tracks.name[state.track], this.stateText(state.row)];
      pen.font = '600 12px system-ui, "DejaVu Sans", sans-serif';
      const wide = Math.max(pen.measureText(lines[0]).width, pen.measureText(lines[1]).width) + 2;
      const corner = page.place(px, py, wide, 28, [11, 22, 36]);
      if (!corner) continue;
      this.leader(pen, colours, px, py, corner, wide);
      haloText(pen, lines[0], corner[0], corner[1] + 11, colours.ink, colours.halo);
      pen.font = '12px system-ui, "DejaVu Sans", sans-serif';
      haloText(pen, lines[1], corner[0], corner[1] + 25, colours.ink, colours.halo);
      this.labelBoxes.push([corner[0], corner[1], wide, 28]);
    }
    return this.labelBoxes.length;
  }

  leader(pen, colours, px, py, corner, wide) {
    const x = Math.max(corner[0], Math.min(px, corner[0] + wide));
    const y = Math.max(corner[1], Math.min(py, corner[1] + 28));
    if (Math.hypot(x - px, y - py) < 12) return;
    pen.strokeStyle = colours.quiet;
    pen.lineWidth = 0.9;
    pen.beginPath();
    pen.moveTo(px, py);
    pen.lineTo(x, y);
    pen.stroke();
  }

  levelText(row) {
    const { level, height } = this.c;
    if (level[row] !== UNKNOWN) {
      const hundreds = Math.round(level[row] / 100);
      return `FL${hundreds < 0 ? '-' : ''}${String(Math.abs(hundreds)).padStart(hundreds < 0 ? 2 : 3, '0')}`;
    }
    return height[row] === UNKNOWN ? '' : `${height[row].toLocaleString('en')} m`;
  }

  speedText(row) {
    return this.c.speed[row] === UNKNOWN ? '' : String(Math.round(this.c.speed[row] / 10 / KNOT_MPS));
  }

  stateText(row) {
    const climb = this.c.climb[row];
    const arrow = climb === UNKNOWN ? '' : climb > 20 ? '\u2191' : climb < -20 ? '\u2193' : '';
    const speed = this.speedText(row);
    return [this.levelText(row) + arrow, speed && `${speed} kt`].filter(Boolean).join('  ');
  }

  // The shown track nearest to a pixel, its symbol first, then its line; -1 where none is near.
  nearest(view, wanted, px, py, time, trail) {
    let best = -1;
    let bestPx = 14;
    for (const state of this.now) {
      if (!this.shown(state, wanted)) continue;
      const [x, y] = view.screen(state.x, state.y);
      const far = Math.hypot(x - px, y - py);
      if (far < bestPx) [best, bestPx] = [state.track, far];
    }
    return best >= 0 ? best : this.nearestLine(view, wanted, px, py, time, trail);
  }

  nearestLine(view, wanted, px, py, time, trail) {
    const [x0, y0] = view.plain(px, py);
    const reach = 6 / view.scale;
    const kept = this.keptRows(wanted);
    const from = trail === Infinity ? -Infinity : time - trail;
    let best = -1;
    let bestFar = reach;
    for (let k = 0; k < this.count; k++) {
      for (let i = this.c.start[k]; i < this.c.start[k + 1] - 1; i++) {
        if (!this.c.joined[i] || !kept[i] || this.c.time[i] < from || this.c.time[i + 1] > time) continue;
        if (Math.min(this.x[i], this.x[i + 1]) > x0 + reach || Math.max(this.x[i], this.x[i + 1]) < x0 - reach) continue;
        const [dx, dy] = [this.x[i + 1] - this.x[i], this.y[i + 1] - this.y[i]];
        const part = Math.max(0, Math.min(1, ((x0 - this.x[i]) * dx + (y0 - this.y[i]) * dy) / (dx * dx + dy * dy || 1)));
        const far = Math.hypot(this.x[i] + part * dx - x0, this.y[i] + part * dy - y0);
        if (far < bestFar) [best, bestFar] = [k, far];
      }
    }
    return best;
  }
}

// The first index whose value is not below the wanted one.
function lowerBound(values, wanted) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
