// The application: what is shown now, how it changes, when it is drawn, how it is linked to.

const SPEEDS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const TRAILS_S = [0, 10, 30, 60, 120, 300, 600, 1800, 3600, Infinity];
const LABELS_MOST = 220;

class App {
  constructor({ facts, columns }) {
    this.facts = facts;
    this.plane = makePlane(facts);
    this.ground = new Ground(this.plane, facts, columns);
    this.tracks = new TrackSet(this.plane, facts, columns);
    this.view = new View(this.plane);
    this.view.changed = () => { this.groundStale = true; this.redraw(); };
    this.duration = Math.round(facts.duration * 100);
    this.time = this.duration;
    this.trail = Infinity;
    this.speed = this.usualSpeed();
    this.playing = false;
    this.follow = false;
    this.chosen = -1;
    this.hovered = -1;
    this.show = { ...facts.show, rings: false };
    this.theme = facts.theme;
    this.list = new TrackList(this);
    this.story = new Story(this);
    this.measure = new Measure(this);
    this.writePage();
    this.connect();
  }

  usualSpeed() {
    const wanted = this.duration / 100 / 60; // the whole recording in about a minute
    return SPEEDS.reduce((a, b) => (Math.abs(Math.log(b / wanted)) < Math.abs(Math.log(a / wanted)) ? b : a));
  }

  writePage() {
    const { facts } = this;
    byId('title').textContent = facts.title;
    const { counts } = facts;
    const many = (n, word) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
    const span = `${clockText(facts, 0, true)} to ${clockText(facts, this.duration)}${facts.dateKnown ? ' UTC' : ' (time of day, date not known)'}`;
    byId('facts').textContent = [span, many(counts.tracks, 'track'), many(counts.plots, 'plot'), many(facts.sensors.length, 'sensor')].join('  \u00b7  ');
    for (const note of facts.notes) byId('notes').append(element('li', note));
    for (const speed of SPEEDS) byId('speed').append(element('option', `${speed}\u00d7`, { value: speed }));
    for (const s of TRAILS_S) {
      const name = s === 0 ? 'none' : s === Infinity ? 'whole' : s < 60 ? `${s} s` : `${s / 60} min`;
      byId('trail').append(element('option', name, { value: s }));
    }
    const [low, high] = facts.heights;
    byId('legend-low').textContent = `${low.toLocaleString('en')} m`;
    byId('legend-high').textContent = `${high.toLocaleString('en')} m`;
    byId('time').max = Math.max(1, this.duration);
    byId('time').step = 1;
    writeHelp(this);
  }

  connect() {
    const click = (id, action) => byId(id).addEventListener('click', action);
    click('play', () => this.togglePlay());
    click('show-plots', () => this.toggle('plots'));
    click('show-labels', () => this.toggle('labels'));
    click('show-rings', () => this.toggle('rings'));
    click('measure', () => this.measure.toggle());
    click('fit', () => this.view.fit(this.facts.extent));
    click('save', () => this.save());
    click('theme', () => this.nextTheme());
    click('help-open', () => byId('help').showModal());
    click('help-close', () => byId('help').close());
    click('side-toggle', () => this.toggleSide());
    click('zoom-in', () => this.view.zoom(1.6));
    click('zoom-out', () => this.view.zoom(1 / 1.6));
    byId('time').addEventListener('input', (event) => this.setTime(+event.target.value));
    byId('speed').addEventListener('change', (event) => { this.speed = +event.target.value; });
    byId('trail').addEventListener('change', (event) => { this.trail = +event.target.value * 100; this.redraw(); });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.applyTheme());
    new ResizeObserver(() => this.resize()).observe(byId('map'));
    addEventListener('hashchange', () => this.readHash());
    listenToKeys(this);
    this.pointer = new Pointer(this);
  }

  start() {
    if (innerWidth <= 900) this.toggleSide(false);
    this.measureMap();
    this.view.fit(this.facts.extent);
    this.applyTheme();
    this.readHash();
    this.setTime(this.time);
    this.list.update();
    for (const name of ['plots', 'labels']) byId(`show-${name}`).setAttribute('aria-pressed', String(this.show[name]));
  }

  // ---- what is shown

  get colours() {
    return this.facts.palettes[this.isDark() ? 'dark' : 'light'];
  }

  isDark() {
    return this.theme === 'dark' || (this.theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  }

  applyTheme() {
    document.documentElement.dataset.theme = this.isDark() ? 'dark' : 'light';
    const [pen, width, height] = sharpPen(byId('legend-bar'));
    const { height: steps } = this.colours;
    steps.forEach((colour, i) => {
      pen.fillStyle = colour;
      pen.fillRect((i / steps.length) * width, 0, width / steps.length + 1, height);
    });
    this.groundStale = true;
    this.activityStale = true;
    if (this.listReady) this.list.update();
    this.redraw();
  }

  nextTheme() {
    this.theme = this.isDark() ? 'light' : 'dark';
    this.applyTheme();
  }

  toggle(name) {
    this.show[name] = !this.show[name];
    byId(`show-${name}`).setAttribute('aria-pressed', String(this.show[name]));
    this.groundStale = true;
    this.redraw();
  }

  toggleSide(open = document.body.classList.contains('wide')) {
    document.body.classList.toggle('wide', !open);
    byId('side-toggle').setAttribute('aria-expanded', String(open));
  }

  nextTrail() {
    const at = TRAILS_S.indexOf(this.trail / 100);
    this.trail = TRAILS_S[(at + 1) % TRAILS_S.length] * 100;
    byId('trail').value = this.trail / 100;
    this.redraw();
  }

  choose(track, centre = false) {
    this.chosen = track;
    this.follow = this.follow && track >= 0;
    if (track >= 0 && centre) {
      const { c } = this.tracks;
      const [first, last] = [c.start[track], c.start[track + 1] - 1];
      if (this.time < c.time[first] || this.time > c.time[last]) this.setTime(this.time < c.time[first] ? c.time[first] : c.time[last]);
      const state = this.tracks.now[track];
      const [px, py] = this.view.screen(state.x, state.y);
      const left = this.view.width > 800 ? 390 : 40; // the story stands there
      if (px < left || py < 40 || px > this.view.width - 40 || py > this.view.height - 40) this.view.centre(state.x, state.y);
    }
    this.story.show(track);
    this.list.update();
    this.redraw();
  }

  chooseNext(by) {
    const order = this.list.ordered().filter((k) => this.tracks.shown(this.tracks.now[k], this.list));
    if (!order.length) return;
    const at = order.indexOf(this.chosen);
    this.choose(order[(at + (at < 0 && by < 0 ? 0 : by) + order.length) % order.length], true);
  }

  centreOnChosen() {
    if (this.chosen < 0) return;
    const state = this.tracks.now[this.chosen];
    if (state.row >= 0) this.view.centre(state.x, state.y);
  }

  toggleFollow() {
    this.follow = this.chosen >= 0 && !this.follow;
    this.story.update();
    this.setTime(this.time);
  }

  // ---- time

  setTime(time) {
    this.time = Math.max(0, Math.min(this.duration, time));
    this.tracks.moveTo(this.time);
    const slider = byId('time');
    slider.value = this.time;
    const words = clockText(this.facts, this.time, true);
    slider.setAttribute('aria-valuetext', words);
    byId('clock').textContent = words;
    if (this.follow) this.centreOnChosen();
    this.redraw();
  }

  step(by) {
    this.pause();
    this.setTime(Math.round(this.time / Math.abs(by)) * Math.abs(by) + by);
  }

  togglePlay() {
    if (this.playing) {
      this.pause();
      return;
    }
    if (this.time >= this.duration) this.setTime(0);
    this.playing = true;
    this.lastFrame = null;
    this.playText();
    requestAnimationFrame((now) => this.play(now));
  }

  pause() {
    this.playing = false;
    this.playText();
    this.list.update();
  }

  playText() {
    byId('play').textContent = this.playing ? 'Pause' : 'Play';
    byId('play').setAttribute('aria-pressed', String(this.playing));
  }

  play(now) {
    if (!this.playing) return;
    const elapsed = this.lastFrame === null ? 0 : Math.min(250, now - this.lastFrame);
    this.lastFrame = now;
    this.setTime(this.time + (elapsed / 10) * this.speed);
    if (!this.lastList || now - this.lastList > 1000) {
      this.list.update();
      this.lastList = now;
    }
    if (this.time >= this.duration) this.pause();
    else requestAnimationFrame((next) => this.play(next));
  }

  changeSpeed(by) {
    const at = SPEEDS.indexOf(this.speed) + by;
    this.speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))];
    byId('speed').value = this.speed;
  }

  // ---- drawing

  // Draws at once: the observer is told before the new layout is painted.
  resize() {
    if (this.measureMap()) this.draw();
  }

  // Takes the map's size into the view, which is fitted again if nobody has moved it since.
  measureMap() {
    const { view } = this;
    const box = byId('map').getBoundingClientRect();
    const [width, height] = [Math.max(1, box.width), Math.max(1, box.height)];
    if (view.width === width && view.height === height) return false;
    view.width = width;
    view.height = height;
    if (view.fitted) view.fit(view.fitted);
    this.groundStale = true;
    this.activityStale = true;
    return true;
  }

  redraw() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.draw();
    });
  }

  draw() {
    const { view, colours, tracks } = this;
    this.measureMap(); // a frame may come between a new layout and its observer
    if (this.groundStale) {
      const [pen] = sharpPen(byId('ground'));
      this.ground.draw(pen, view, colours, this.show);
      this.groundStale = false;
    }
    const [pen] = sharpPen(byId('air'));
    pen.clearRect(0, 0, view.width, view.height);
    const page = new LabelPage(view.width, view.height);
    page.take(0, view.height - 52, 260, 52);
    page.take(view.width - 64, 0, 64, 112);
    const legend = byId('legend');
    page.take(legend.offsetLeft - legend.offsetWidth / 2, legend.offsetTop, legend.offsetWidth, legend.offsetHeight);
    const story = byId('story');
    if (!story.hidden) page.take(story.offsetLeft, story.offsetTop, story.offsetWidth, story.offsetHeight);
    this.drawHistory();
    if (this.chosen >= 0) tracks.drawChosen(pen, view, colours, this.chosen, this.time);
    if (this.trail > 0) tracks.drawEnds(pen, view, colours, this.list);
    this.ground.outlines(pen, view, colours, 0.4);
    tracks.drawSymbols(pen, view, colours, this.list, this.chosen, this.hovered);
    this.ground.drawSensors(pen, view, colours, page);
    this.labelsWritten = this.show.labels
      ? tracks.drawLabels(pen, view, colours, this.list, page, this.chosen, LABELS_MOST) : 0;
    this.ground.drawNames(pen, view, colours, page);
    this.ground.drawScale(pen, view, colours);
    this.measure.draw(pen, view, colours);
    if (this.activityStale) this.drawActivity();
    this.story.update();
    this.writeHashSoon();
  }

  // Plots and trails on a canvas of their own: kept while nothing changes, added to while time runs on.
  drawHistory() {
    const { view, colours, tracks, time, trail } = this;
    const key = [view.x, view.y, view.scale, view.width, view.height, this.isDark(), trail, this.list.version, this.chosen >= 0, this.show.plots].join();
    const grows = key === this.historyKey && trail === Infinity && time >= this.historyTime;
    const begun = performance.now();
    const same = key === this.historyKey && time === this.historyTime;
    if (!same && !grows && this.slideHistory(begun)) return;
    byId('trails').style.transform = '';
    if (same) return;
    const [pen] = sharpPen(byId('trails'));
    if (!grows) pen.clearRect(0, 0, view.width, view.height);
    const since = grows ? this.historyTime : Math.max(-1e9, time - trail);
    if (this.show.plots) tracks.drawPlots(pen, view, colours, since, time);
    if (trail > 0) tracks.drawTrails(pen, view, colours, since, time, this.list, this.chosen);
    this.historyKey = key;
    this.historyTime = time;
    this.historyView = { x: view.x, y: view.y, scale: view.scale, width: view.width, height: view.height };
    if (!grows) this.historyCost = performance.now() - begun;
  }

  // Where drawing all history is slow and only the view moves, shows the old drawing moved along
  // and draws it anew once the view rests.  Returns whether that was done.
  slideHistory(now) {
    const { view, historyView: old } = this;
    const moved = old && (old.x !== view.x || old.y !== view.y || old.scale !== view.scale);
    if (!moved || this.historyCost < 25 || old.width !== view.width || old.height !== view.height) return false;
    if (this.restAt && now >= this.restAt) {
      this.restAt = 0;
      return false;
    }
    const zoom = view.scale / old.scale;
    const [x, y] = view.screen(old.x, old.y);
    byId('trails').style.transform = `translate(${x - view.width / 2}px, ${y - view.height / 2}px) scale(${zoom})`;
    if (this.slidFor !== `${view.x},${view.y},${view.scale}`) {
      this.slidFor = `${view.x},${view.y},${view.scale}`;
      this.restAt = now + 140;
      setTimeout(() => this.redraw(), 150);
    }
    return true;
  }

  // How many tracks there are at once over time, behind the slider.
  drawActivity() {
    const [pen, width, height] = sharpPen(byId('activity'));
    const { c, count } = this.tracks;
    const bins = Math.max(20, Math.floor(width / 3));
    const [starts, stops] = [[], []];
    for (let k = 0; k < count; k++) {
      let first = c.start[k];
      for (let i = first; i < c.start[k + 1]; i++) {
        if (c.joined[i]) continue;
        starts.push(c.time[first]);
        stops.push(c.time[i]);
        first = i + 1;
      }
    }
    const values = mostAtOnce(starts, stops, bins, Math.max(1, this.duration));
    const most = Math.max(1, ...values);
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = this.colours.accent;
    pen.globalAlpha = 0.3;
    values.forEach((value, b) => pen.fillRect((b / bins) * width, height * (1 - value / most), width / bins - 0.5, (height * value) / most));
    pen.globalAlpha = 1;
    this.activityStale = false;
  }

  save() {
    const picture = document.createElement('canvas');
    picture.width = byId('air').width;
    picture.height = byId('air').height;
    const pen = picture.getContext('2d');
    for (const id of ['ground', 'trails', 'air']) pen.drawImage(byId(id), 0, 0);
    const ratio = window.devicePixelRatio || 1;
    pen.scale(ratio, ratio);
    pen.font = '600 13px system-ui, "DejaVu Sans", sans-serif';
    haloText(pen, `${this.facts.title}  \u00b7  ${clockText(this.facts, this.time, true)}`, 12, 20, this.colours.ink, this.colours.halo);
    picture.toBlob((blob) => {
      const link = element('a', null, { href: URL.createObjectURL(blob), download: 'view.png' });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  // ---- the view as a link: #at=latitude,longitude,metres a pixel&t=seconds&trail=s&track=number

  writeHashSoon() {
    clearTimeout(this.hashTimer);
    this.hashTimer = setTimeout(() => this.writeHash(), 300);
  }

  writeHash() {
    const [x, y] = this.plane.back(this.view.x, this.view.y);
    const parts = [`at=${y.toFixed(5)},${x.toFixed(5)},${this.view.metresPerPixel().toPrecision(5)}`, `t=${(this.time / 100).toFixed(2)}`,
      `trail=${this.trail === Infinity ? 'whole' : this.trail / 100}`];
    if (this.chosen >= 0) parts.push(`track=${this.facts.tracks.number[this.chosen]}`);
    if (this.theme !== 'auto') parts.push(`theme=${this.theme}`);
    this.hash = `#${parts.join('&')}`;
    if (location.hash !== this.hash) history.replaceState(null, '', this.hash);
  }

  readHash() {
    if (location.hash.length < 2 || location.hash === this.hash) return;
    const said = new URLSearchParams(location.hash.slice(1));
    const at = (said.get('at') || '').split(',').map(Number);
    if (at.length === 3 && at.every(Number.isFinite) && at[2] > 0) {
      const [x, y] = this.plane.of(at[1], at[0]);
      this.view.scale = this.plane.metresPerUnit(y) / at[2];
      this.view.centre(x, y);
    }
    if (['dark', 'light'].includes(said.get('theme'))) {
      this.theme = said.get('theme');
      this.applyTheme();
    }
    const trail = said.get('trail') === 'whole' ? Infinity : Number(said.get('trail') || NaN) * 100;
    if (TRAILS_S.includes(trail / 100)) this.trail = trail;
    if (said.has('t') && Number.isFinite(+said.get('t'))) this.setTime(+said.get('t') * 100);
    const track = this.facts.tracks.number.indexOf(Number(said.get('track') || NaN));
    if (track >= 0) this.choose(track);
    byId('trail').value = this.trail === Infinity ? 'Infinity' : this.trail / 100;
  }
}

// The most spans [start, stop] that hold at one moment of each bin of a duration.
function mostAtOnce(starts, stops, bins, duration) {
  starts.sort((a, b) => a - b);
  stops.sort((a, b) => a - b);
  let [begun, ended] = [0, 0];
  return Array.from({ length: bins }, (_, bin) => {
    const [from, to] = [(bin / bins) * duration, bin === bins - 1 ? Infinity : ((bin + 1) / bins) * duration];
    while (stops[ended] < from) ended++;
    let most = begun - ended;
    for (; starts[begun] < to; begun++) {
      while (stops[ended] < starts[begun]) ended++;
      most = Math.max(most, begun + 1 - ended);
    }
    return most;
  });
}

readRecording().then((recording) => {
  const app = new App(recording);
  byId('trail').value = 'Infinity';
  byId('speed').value = app.speed;
  app.listReady = true;
  app.start();
  document.documentElement.dataset.ready = 'true';
  window.jointsky = app; // for the browser's console, and the tests
}).catch((error) => {
  byId('facts').textContent = `This page could not be read: ${error.message}`;
  throw error;
});
