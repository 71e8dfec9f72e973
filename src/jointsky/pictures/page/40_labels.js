// Labels that never overlap: a grid of taken cells; each label tries places about its point.

const CELL_PX = 4;
const DIRECTIONS = [[1, -1], [1, 1], [-1, -1], [-1, 1], [1, 0], [-1, 0], [0, -1], [0, 1]];

class LabelPage {
  constructor(width, height) {
    this.columns = Math.ceil(width / CELL_PX) + 1;
    this.rows = Math.ceil(height / CELL_PX) + 1;
    this.width = width;
    this.height = height;
    this.taken = new Uint8Array(this.columns * this.rows);
  }

  cells(west, north, wide, high) {
    return [
      Math.max(0, Math.floor(west / CELL_PX)), Math.max(0, Math.floor(north / CELL_PX)),
      Math.min(this.columns, Math.ceil((west + wide) / CELL_PX)), Math.min(this.rows, Math.ceil((north + high) / CELL_PX)),
    ];
  }

  isFree(west, north, wide, high) {
    if (west < 2 || north < 2 || west + wide > this.width - 2 || north + high > this.height - 2) return false;
    const [a, b, c, d] = this.cells(west, north, wide, high);
    for (let row = b; row < d; row++) {
      for (let column = a; column < c; column++) if (this.taken[row * this.columns + column]) return false;
    }
    return true;
  }

  take(west, north, wide, high) {
    const [a, b, c, d] = this.cells(west, north, wide, high);
    for (let row = b; row < d; row++) this.taken.fill(1, row * this.columns + a, row * this.columns + c);
  }

  // The north-west corner of a free place near (x, y), taken; null where there is no room.
  place(x, y, wide, high, gaps) {
    for (const gap of gaps) {
      for (const [dx, dy] of DIRECTIONS) {
        const reach = dx && dy ? 0.75 * gap : gap;
        const west = x + dx * (reach + wide / 2) - wide / 2;
        const north = y + dy * (reach + (dy ? high / 2 : 0)) - high / 2;
        if (this.isFree(west, north, wide, high)) {
          this.take(west, north, wide, high);
          return [west, north];
        }
      }
    }
    return null;
  }

  centred(x, y, wide, high) {
    if (!this.isFree(x - wide / 2, y - high / 2, wide, high)) return null;
    this.take(x - wide / 2, y - high / 2, wide, high);
    return [x - wide / 2, y - high / 2];
  }
}
