// Decoding: the facts as they are, the columns inflated into typed arrays by name.

const UNKNOWN = -99999;
const FOOT_M = 0.3048;
const KNOT_MPS = 1852 / 3600;
const EARTH_M = 6371008.8;

const byId = (id) => document.getElementById(id);

function base64Bytes(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// A column is stored as differences modulo 2^32, in four planes of octets, the least first.
function unpackColumn(bytes, offset, length) {
  const out = new Int32Array(length);
  let value = 0;
  for (let i = 0; i < length; i++) {
    const step = bytes[offset + i] | (bytes[offset + length + i] << 8) |
      (bytes[offset + 2 * length + i] << 16) | (bytes[offset + 3 * length + i] << 24);
    value = (value + step) | 0;
    out[i] = value;
  }
  return out;
}

async function readRecording() {
  const facts = JSON.parse(byId('recording-facts').textContent);
  const bytes = await inflate(base64Bytes(byId('recording-data').textContent));
  const columns = {};
  let offset = 0;
  for (const [name, length] of facts.columns) {
    columns[name] = unpackColumn(bytes, offset, length);
    offset += 4 * length;
  }
  return { facts, columns };
}

// Everything on one plane: Mercator (Snyder 1987, eq. 7-2) with y downwards in radians, unrolled
// about the middle longitude; a flat scene in metres with y downwards.
function makePlane(facts) {
  if (facts.flat) {
    return {
      flat: true,
      of: (x, y) => [x, -y],
      back: (x, y) => [x, -y],
      metresPerUnit: () => 1,
    };
  }
  const middle = facts.middleLongitude;
  const rad = Math.PI / 180;
  const turn = (lon) => lon - 360 * Math.round((lon - middle) / 360);
  return {
    flat: false,
    of: (lon, lat) => {
      const kept = Math.max(-85, Math.min(85, lat)) * rad;
      return [turn(lon) * rad, -Math.log(Math.tan(Math.PI / 4 + kept / 2))];
    },
    back: (x, y) => [((x / rad + 540) % 360) - 180, (2 * Math.atan(Math.exp(-y)) - Math.PI / 2) / rad],
    metresPerUnit: (y) => EARTH_M / Math.cosh(y),
    turn,
  };
}

function placesOnPlane(plane, xs, ys, unit) {
  const out = { x: new Float64Array(xs.length), y: new Float64Array(xs.length) };
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = plane.of(xs[i] * unit, ys[i] * unit);
    out.x[i] = x;
    out.y[i] = y;
  }
  return out;
}
