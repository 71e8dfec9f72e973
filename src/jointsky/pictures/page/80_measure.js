// Measuring: a line between two places or tracks, with distance and bearing; it sticks to tracks.

class Measure {
  constructor(app) {
    this.app = app;
    this.on = false;
    this.ends = [];
    this.pointer = null;
  }

  toggle() {
    this.on = !this.on;
    this.ends = [];
    byId('measure').setAttribute('aria-pressed', String(this.on));
    byId('air').classList.toggle('measuring', this.on);
    this.app.redraw();
  }

  click(px, py) {
    const { tracks, view, list } = this.app;
    let track = -1;
    for (const state of tracks.now) {
      if (!tracks.shown(state, list)) continue;
      const [x, y] = view.screen(state.x, state.y);
      if (Math.hypot(x - px, y - py) < 14) track = state.track;
    }
    if (this.ends.length === 2) this.ends = [];
    this.ends.push(track >= 0 ? { track } : { at: view.plain(px, py) });
    this.app.redraw();
  }

  place(end) {
    if (end.at) return end.at;
    const state = this.app.tracks.now[end.track];
    return state.row < 0 ? null : [state.x, state.y];
  }

  draw(pen, view, colours) {
    if (!this.on || !this.ends.length) return;
    const from = this.place(this.ends[0]);
    const to = this.ends[1] ? this.place(this.ends[1]) : this.pointer && view.plain(...this.pointer);
    if (!from || !to) return;
    const a = view.screen(...from);
    const b = view.screen(...to);
    for (const [colour, width] of [[colours.halo, 5], [colours.accent, 2]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.beginPath();
      pen.moveTo(...a);
      pen.lineTo(...b);
      pen.stroke();
    }
    const [metres, bearing] = distanceAndBearing(view.plane, from, to);
    this.text = `${distanceText(metres)}, ${bearingText(bearing)}`;
    pen.font = '600 13px system-ui, "DejaVu Sans", sans-serif';
    pen.textAlign = 'center';
    haloText(pen, this.text, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - 8, colours.ink, colours.halo);
    pen.textAlign = 'left';
  }
}
