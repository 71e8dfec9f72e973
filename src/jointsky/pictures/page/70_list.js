// The list of tracks: search, height filter, sorting; it mirrors the map for those who cannot see it.

const ROWS_MOST = 250;

class TrackList {
  constructor(app) {
    this.app = app;
    this.sort = 'weight';
    this.descending = true;
    this.track = new Uint8Array(app.tracks.count).fill(1);
    this.version = 0;
    this.low = -Infinity;
    this.high = Infinity;
    this.words = this.searchWords();
    this.height = (metres) => (metres === UNKNOWN ? this.low === -Infinity && this.high === Infinity : metres >= this.low && metres <= this.high);
    byId('search').addEventListener('input', () => this.filter());
    byId('search').addEventListener('keydown', (event) => this.onSearchKey(event));
    for (const end of ['low', 'high']) byId(`height-${end}`).addEventListener('input', () => this.filterHeight(end));
    for (const button of document.querySelectorAll('thead button')) button.addEventListener('click', () => this.sortBy(button.dataset.sort));
    this.heightText();
  }

  searchWords() {
    const { facts, tracks } = this.app;
    const told = facts.tracks;
    return told.name.map((name, k) => {
      const codes = new Set();
      for (let i = tracks.c.start[k]; i < tracks.c.start[k + 1]; i++) codes.add(tracks.c.squawk[i]);
      const all = [name, told.call[k], addressText(told.modeS[k]), `#${told.number[k]}`, String(told.number[k]), ...[...codes].map(squawkText)];
      return all.map((word) => word.toUpperCase()).filter(Boolean);
    });
  }

  filter() {
    const text = byId('search').value.trim().toUpperCase();
    this.words.forEach((words, k) => { this.track[k] = !text || words.some((word) => word.includes(text)) ? 1 : 0; });
    this.version++;
    this.update();
    this.app.redraw();
  }

  onSearchKey(event) {
    if (event.key === 'Escape') {
      byId('search').value = '';
      this.filter();
      byId('air').focus();
    } else if (event.key === 'Enter') {
      const text = byId('search').value.trim().toUpperCase();
      const found = this.ordered();
      const exact = found.find((k) => this.words[k].includes(text));
      const best = exact === undefined ? found[0] : exact;
      if (best !== undefined) this.app.choose(best, true);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  filterHeight(moved) {
    const [low, high] = [byId('height-low'), byId('height-high')];
    if (+low.value > +high.value) (moved === 'low' ? high : low).value = (moved === 'low' ? low : high).value;
    const [bottom, top] = this.app.facts.heights;
    const metres = (value) => bottom + (value / 1000) * (top - bottom);
    this.low = +low.value <= 0 ? -Infinity : metres(+low.value);
    this.high = +high.value >= 1000 ? Infinity : metres(+high.value);
    this.version++;
    this.heightText();
    this.update();
    this.app.redraw();
  }

  heightText() {
    const name = (metres) => `${Math.round(metres).toLocaleString('en')} m`;
    const text = this.low === -Infinity && this.high === Infinity ? 'all'
      : this.low === -Infinity ? `up to ${name(this.high)}` : this.high === Infinity ? `${name(this.low)} and up` : `${name(this.low)} to ${name(this.high)}`;
    byId('heights-text').textContent = text;
    for (const end of ['low', 'high']) byId(`height-${end}`).setAttribute('aria-valuetext', text);
  }

  sortBy(key) {
    this.descending = this.sort === key ? !this.descending : key === 'height' || key === 'speed';
    this.sort = key;
    for (const button of document.querySelectorAll('thead button')) {
      const mine = button.dataset.sort === key;
      button.parentElement.setAttribute('aria-sort', mine ? (this.descending ? 'descending' : 'ascending') : 'none');
    }
    this.update();
  }

  ordered() {
    const { tracks, facts } = this.app;
    const rows = [];
    for (let k = 0; k < tracks.count; k++) if (this.track[k]) rows.push(k);
    const value = {
      name: (k) => facts.tracks.name[k],
      code: (k) => squawkText(facts.tracks.modeA[k]),
      height: (k) => (tracks.now[k].row < 0 ? -1e9 : tracks.c.height[tracks.now[k].row]),
      speed: (k) => (tracks.now[k].row < 0 ? -1e9 : tracks.c.speed[tracks.now[k].row]),
      weight: (k) => facts.tracks.weight[k],
    }[this.sort];
    const alive = (k) => tracks.shown(tracks.now[k], this);
    const sign = this.descending ? -1 : 1;
    return rows.sort((a, b) => {
      if (alive(a) !== alive(b)) return alive(a) ? -1 : 1;
      const [p, q] = [value(a), value(b)];
      return (p < q ? -sign : p > q ? sign : 0) || a - b;
    });
  }

  update() {
    const { tracks, facts, colours } = this.app;
    const rows = this.ordered();
    const here = rows.filter((k) => tracks.shown(tracks.now[k], this)).length;
    const hidden = tracks.count - rows.length;
    byId('found').textContent = `${here.toLocaleString('en')} in the picture now, ${rows.length.toLocaleString('en')} in all` +
      (hidden ? `; search hides ${hidden.toLocaleString('en')}` : '') +
      (rows.length > ROWS_MOST ? `; the list shows ${ROWS_MOST}` : '');
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.track : undefined;
    const body = document.createDocumentFragment();
    for (const k of rows.slice(0, ROWS_MOST)) body.append(this.row(k, tracks, facts, colours));
    byId('rows').replaceChildren(body);
    if (focused !== undefined) {
      const again = byId('rows').querySelector(`button[data-track="${focused}"]`);
      if (again) again.focus({ preventScroll: true });
    }
  }

  row(k, tracks, facts, colours) {
    const state = tracks.now[k];
    const here = tracks.shown(state, this);
    const row = element('tr', null, { className: `${here ? '' : 'absent'} ${k === this.app.chosen ? 'chosen' : ''}` });
    const button = element('button', facts.tracks.name[k], { type: 'button' });
    button.dataset.track = k;
    if (here) button.style.setProperty('--dot', tracks.colour(state.row, colours));
    button.addEventListener('click', () => this.app.choose(k, true));
    const first = element('td');
    first.append(button);
    row.append(first, element('td', squawkText(state.row < 0 ? facts.tracks.modeA[k] : tracks.c.squawk[state.row])),
      element('td', state.row < 0 ? '' : tracks.levelText(state.row), { className: 'number' }),
      element('td', state.row < 0 ? '' : tracks.speedText(state.row), { className: 'number' }));
    return row;
  }
}
