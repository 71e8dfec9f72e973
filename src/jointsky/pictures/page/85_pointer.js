// Mouse, pen and touch on the map: drag, wheel, pinch, hover, click.

class Pointer {
  constructor(app) {
    this.app = app;
    this.air = byId('air');
    this.down = new Map();
    this.moved = 0;
    const on = (name, handler) => this.air.addEventListener(name, handler, { passive: false });
    on('pointerdown', (event) => this.press(event));
    on('pointermove', (event) => this.drag(event));
    on('pointerup', (event) => this.release(event));
    on('pointercancel', (event) => this.down.delete(event.pointerId));
    on('pointerleave', () => this.leave());
    on('wheel', (event) => this.wheel(event));
    on('dblclick', (event) => app.view.zoom(event.shiftKey ? 0.5 : 2, event.offsetX, event.offsetY));
  }

  press(event) {
    this.air.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, [event.offsetX, event.offsetY]);
    if (this.down.size === 1) this.moved = 0;
    this.air.classList.add('dragging');
  }

  drag(event) {
    const last = this.down.get(event.pointerId);
    const here = [event.offsetX, event.offsetY];
    if (!last) {
      this.hover(...here);
      return;
    }
    const others = [...this.down].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    this.down.set(event.pointerId, here);
    this.moved += Math.hypot(here[0] - last[0], here[1] - last[1]);
    if (this.moved < 4) return;
    this.app.follow = false;
    if (others.length) {
      const before = Math.hypot(last[0] - others[0][0], last[1] - others[0][1]);
      const after = Math.hypot(here[0] - others[0][0], here[1] - others[0][1]);
      const middle = [(here[0] + others[0][0]) / 2, (here[1] + others[0][1]) / 2];
      this.app.view.move((here[0] - last[0]) / 2, (here[1] - last[1]) / 2);
      if (before > 5) this.app.view.zoom(after / before, ...middle);
    } else this.app.view.move(here[0] - last[0], here[1] - last[1]);
  }

  release(event) {
    this.down.delete(event.pointerId);
    if (!this.down.size) this.air.classList.remove('dragging');
    if (this.moved >= 4 || this.down.size) return;
    const { app } = this;
    if (app.measure.on) app.measure.click(event.offsetX, event.offsetY);
    else app.choose(app.tracks.nearest(app.view, app.list, event.offsetX, event.offsetY, app.time, app.trail));
  }

  hover(px, py) {
    const { app } = this;
    app.measure.pointer = [px, py];
    byId('pointer').textContent = placeText(app.plane, app.plane.back(...app.view.plain(px, py)));
    const track = app.tracks.nearest(app.view, app.list, px, py, app.time, app.trail);
    this.air.classList.toggle('pointing', track >= 0);
    const tip = byId('tip');
    tip.hidden = track < 0;
    if (track >= 0) {
      const state = app.tracks.now[track];
      const code = squawkText(app.tracks.c.squawk[state.row]);
      tip.textContent = `${app.facts.tracks.name[track]}\n${app.tracks.stateText(state.row)}${code ? `  squawk ${code}` : ''}`;
      tip.style.left = `${Math.min(px + 14, app.view.width - 190)}px`;
      tip.style.top = `${Math.min(py + 14, app.view.height - 60)}px`;
    }
    if (track !== app.hovered || app.measure.on) {
      app.hovered = track;
      app.redraw();
    }
  }

  leave() {
    byId('tip').hidden = true;
    byId('pointer').textContent = '';
    if (this.app.hovered >= 0) {
      this.app.hovered = -1;
      this.app.redraw();
    }
  }

  wheel(event) {
    event.preventDefault();
    const step = event.deltaMode === 1 ? event.deltaY * 30 : event.deltaY;
    this.app.view.zoom(2 ** (-Math.max(-240, Math.min(240, step)) / 240), event.offsetX, event.offsetY);
  }
}
