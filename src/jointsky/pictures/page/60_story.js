// The story of one track: who it is, when and by whom it was seen, its height and speed over time.

class Story {
  constructor(app) {
    this.app = app;
    this.box = byId('story');
    this.track = -1;
  }

  show(track) {
    this.track = track;
    this.box.hidden = track < 0;
    this.box.replaceChildren();
    if (track < 0) return;
    const { facts, tracks } = this.app;
    const told = facts.tracks;
    const title = element('h2', told.name[track]);
    const close = element('button', '\u00d7', { type: 'button', className: 'close', onclick: () => this.app.choose(-1) });
    close.setAttribute('aria-label', 'Close (Esc)');
    this.urgent = element('p', '', { className: 'urgent', hidden: true });
    this.list = element('dl');
    this.values = {};
    const first = tracks.c.start[track];
    const last = tracks.c.start[track + 1] - 1;
    const span = tracks.c.time[last] - tracks.c.time[first];
    const rows = [
      ['Now', ''], ['Height', ''], ['Speed', ''], ['Position', ''],
      ['Track number', String(told.number[track])],
      ['Call sign', told.call[track]], ['Mode S', addressText(told.modeS[track])], ['Squawk', squawkText(told.modeA[track])],
      ['First seen', clockText(facts, tracks.c.time[first], true)],
      ['Last seen', `${clockText(facts, tracks.c.time[last], true)} (${durationText(span)})`],
      ['Points', `${(last - first + 1).toLocaleString('en')}${told.plots[track] ? `, from ${told.plots[track].toLocaleString('en')} plots` : ''}`],
      ['Seen by', told.sensors[track].map((s) => facts.sensors[s].name).join(', ')],
    ];
    for (const [name, text] of rows) {
      if (text === '' && !['Now', 'Height', 'Speed', 'Position'].includes(name)) continue;
      const value = element('dd', text);
      this.values[name] = value;
      this.list.append(element('dt', name), value);
    }
    this.chart = element('canvas');
    this.chart.setAttribute('role', 'img');
    this.chart.setAttribute('aria-label', `Height and speed of ${told.name[track]} over time`);
    this.chart.onclick = (event) => this.jump(event);
    const actions = element('div', null, { className: 'actions' });
    actions.append(
      element('button', 'First seen', { type: 'button', onclick: () => this.app.setTime(tracks.c.time[first]) }),
      element('button', 'Last seen', { type: 'button', onclick: () => this.app.setTime(tracks.c.time[last]) }),
      element('button', 'Centre (C)', { type: 'button', onclick: () => this.app.centreOnChosen() }),
    );
    this.follow = element('button', 'Follow (O)', { type: 'button', onclick: () => this.app.toggleFollow() });
    actions.append(this.follow);
    this.box.append(close, title, this.urgent, this.list, this.chart, actions);
    this.update();
  }

  update() {
    if (this.track < 0) return;
    const { tracks, plane } = this.app;
    const state = tracks.now[this.track];
    this.follow.setAttribute('aria-pressed', String(this.app.follow));
    const { Now, Height, Speed, Position } = this.values;
    if (state.row < 0) {
      Now.textContent = 'not yet seen';
      Height.textContent = Speed.textContent = Position.textContent = '\u2013';
    } else {
      const row = state.row;
      const metres = tracks.c.height[row];
      const climb = tracks.c.climb[row];
      Now.textContent = state.alive ? 'in the picture' : 'not seen now; last known:';
      const parts = [tracks.c.level[row] !== UNKNOWN ? tracks.levelText(row) : '', metres !== UNKNOWN ? `${metres.toLocaleString('en')} m` : '',
        climb !== UNKNOWN && Math.abs(climb) > 5 ? `${climb > 0 ? '+' : '\u2212'}${Math.abs(climb / 10).toFixed(1)} m/s` : ''];
      Height.textContent = parts.filter(Boolean).join(', ') || 'not known';
      const speed = tracks.c.speed[row];
      const course = tracks.c.course[row];
      Speed.textContent = speed === UNKNOWN ? 'not known'
        : `${tracks.speedText(row)} kt (${(speed / 10).toFixed(0)} m/s)${course === UNKNOWN ? '' : `, course ${bearingText(course / 10)}`}`;
      const place = plane.back(state.x, state.y);
      Position.textContent = placeText(plane, place);
      const code = squawkText(tracks.c.squawk[row]);
      this.urgent.hidden = !URGENT[code];
      this.urgent.textContent = URGENT[code] ? `Squawk ${code}: ${URGENT[code]}` : '';
    }
    this.draw();
  }

  draw() {
    const { tracks, colours } = this.app;
    const { c } = tracks;
    const [first, end] = [c.start[this.track], c.start[this.track + 1]];
    const [pen, width, height] = sharpPen(this.chart);
    pen.clearRect(0, 0, width, height);
    const left = 56;
    const right = width - 44;
    const begin = c.time[first];
    const span = Math.max(1, c.time[end - 1] - begin);
    this.scale = { left, right, begin, span };
    const levels = rangeOf(c.height, first, end);
    const speeds = rangeOf(c.speed, first, end);
    const x = (i) => left + ((c.time[i] - begin) / span) * (right - left);
    const y = (value, range) => height - 22 - ((value - range[0]) / (range[1] - range[0])) * (height - 36);
    pen.font = '11px system-ui, "DejaVu Sans", sans-serif';
    pen.strokeStyle = colours.grid;
    pen.lineWidth = 1;
    pen.strokeRect(left + 0.5, 8.5, right - left - 1, height - 30);
    this.line(pen, first, end, speeds, c.speed, x, y, () => colours.quiet, [3, 3]);
    this.line(pen, first, end, levels, c.height, x, y, (i) => tracks.colour(i, colours), []);
    pen.fillStyle = colours.ink;
    pen.textAlign = 'right';
    if (levels) for (const v of levels) pen.fillText(`${Math.round(v).toLocaleString('en')} m`, left - 4, y(v, levels) + 4);
    pen.fillStyle = colours.quiet;
    pen.textAlign = 'left';
    if (speeds) for (const v of speeds) pen.fillText(`${Math.round(v / 10 / KNOT_MPS)} kt`, right + 4, y(v, speeds) + 4);
    pen.fillText(clockText(this.app.facts, begin), left, height - 5);
    pen.textAlign = 'right';
    pen.fillText(clockText(this.app.facts, begin + span), right, height - 5);
    pen.textAlign = 'center';
    pen.fillText('\u2014 height  \u2508 speed', (left + right) / 2, height - 5);
    const at = left + Math.max(0, Math.min(1, (this.app.time - begin) / span)) * (right - left);
    pen.strokeStyle = colours.accent;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(at, 8);
    pen.lineTo(at, height - 22);
    pen.stroke();
  }

  line(pen, first, end, range, values, x, y, colour, dash) {
    if (!range) return;
    pen.setLineDash(dash);
    pen.lineWidth = 1.8;
    const step = Math.max(1, Math.floor((end - first) / 800));
    for (let i = first; i + step < end; i += step) {
      if (!this.app.tracks.c.joined[i] || values[i] === UNKNOWN || values[i + step] === UNKNOWN) continue;
      pen.strokeStyle = colour(i);
      pen.beginPath();
      pen.moveTo(x(i), y(values[i], range));
      pen.lineTo(x(i + step), y(values[i + step], range));
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  jump(event) {
    const { left, right, begin, span } = this.scale;
    const part = (event.offsetX - left) / (right - left);
    this.app.setTime(begin + Math.max(0, Math.min(1, part)) * span);
  }
}

function rangeOf(values, first, end) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = first; i < end; i++) {
    if (values[i] === UNKNOWN) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (low > high) return null;
  return high - low < 1 ? [low - 10, high + 10] : [low, high];
}

function placeText(plane, [x, y]) {
  if (plane.flat) return `${(x / 1000).toFixed(2)} km east, ${(y / 1000).toFixed(2)} km north`;
  return `${Math.abs(y).toFixed(4)}°${y < 0 ? 'S' : 'N'} ${Math.abs(x).toFixed(4)}°${x < 0 ? 'W' : 'E'}`;
}

// A pen for a canvas in its own size on the screen, sharp at any pixel ratio.
function sharpPen(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return [pen, width, height];
}
