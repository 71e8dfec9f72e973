// The keyboard: one table of keys, actions and their words; the help is made from it.

function keyTable(app) {
  const pan = (dx, dy) => () => { app.follow = false; app.view.move(dx, dy); };
  return [
    [['?'], 'This help', () => byId('help').showModal()],
    [['/'], 'Search', () => { app.toggleSide(true); byId('search').focus(); byId('search').select(); }],
    [[' '], 'Play or pause', () => app.togglePlay()],
    [[',', '.'], 'One second back, forward', (key) => app.step(key === ',' ? -100 : 100)],
    [['<', '>'], 'A tenth of a second back, forward', (key) => app.step(key === '<' ? -10 : 10)],
    [['j', 'k'], 'One minute back, forward', (key) => app.step(key === 'j' ? -6000 : 6000)],
    [['[', ']'], 'Slower, faster', (key) => app.changeSpeed(key === '[' ? -1 : 1)],
    [['Home', 'End'], 'Begin, end', (key) => app.setTime(key === 'Home' ? 0 : app.duration)],
    [['ArrowLeft'], 'Move the map', pan(80, 0)],
    [['ArrowRight'], '', pan(-80, 0)],
    [['ArrowUp'], '', pan(0, 80)],
    [['ArrowDown'], '', pan(0, -80)],
    [['+', '='], 'Zoom in', () => app.view.zoom(1.5)],
    [['-', '_'], 'Zoom out', () => app.view.zoom(1 / 1.5)],
    [['f'], 'See everything', () => app.view.fit(app.facts.extent)],
    [['n', 'b'], 'Next, previous track', (key) => app.chooseNext(key === 'n' ? 1 : -1)],
    [['c'], 'Centre on the track', () => app.centreOnChosen()],
    [['o'], 'Follow the track', () => app.toggleFollow()],
    [['Escape'], 'Let go of track or measure', () => (app.measure.on ? app.measure.toggle() : app.choose(-1))],
    [['l'], 'Labels', () => app.toggle('labels')],
    [['p'], 'Plots', () => app.toggle('plots')],
    [['r'], 'Range rings', () => app.toggle('rings')],
    [['m'], 'Measure distance and bearing', () => app.measure.toggle()],
    [['h'], 'Longer or shorter trails', () => app.nextTrail()],
    [['t'], 'Dark or light', () => app.nextTheme()],
    [['v'], 'Track list', () => app.toggleSide()],
    [['s'], 'Save the view as a picture', () => app.save()],
  ];
}

function listenToKeys(app) {
  const actions = new Map();
  for (const [keys, , action] of keyTable(app)) for (const key of keys) actions.set(key, action);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
    const at = event.target;
    const writes = at.tagName === 'INPUT' && at.type === 'search';
    const takes = at.tagName === 'SELECT' || (at.tagName === 'INPUT' && at.type === 'range' && /^(Arrow|Home|End)/.test(event.key));
    if (writes || takes || (event.key === ' ' && at.tagName === 'BUTTON')) return;
    const action = actions.get(event.key) || actions.get(event.key.toLowerCase());
    if (!action) return;
    event.preventDefault();
    action(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  });
}

function writeHelp(app) {
  const names = { ' ': 'space', ArrowLeft: '\u2190 \u2191 \u2192 \u2193', Escape: 'Esc', '=': '', _: '' };
  for (const [keys, words] of keyTable(app)) {
    if (!words) continue;
    const term = element('dt');
    for (const key of keys) {
      const name = names[key] === undefined ? (key.length === 1 ? key.toUpperCase() : key) : names[key];
      if (name) term.append(element('kbd', name), ' ');
    }
    byId('keys').append(term, element('dd', words));
  }
  byId('credits').textContent = app.plane.flat
    ? 'A flat scene: kilometres east and north of its origin.'
    : 'Map: Natural Earth (public domain); airports: airportsdata (MIT). Borders are about a kilometre off.';
}
