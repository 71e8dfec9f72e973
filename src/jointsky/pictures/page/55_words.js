// Times, distances and identities in words.

function clockText(facts, centiseconds, withDate) {
  const when = new Date((facts.begin + centiseconds / 100) * 1000);
  const text = when.toISOString();
  const clock = facts.duration < 120 ? text.slice(11, 21) : text.slice(11, 19);
  return withDate && facts.dateKnown ? `${text.slice(0, 10)} ${clock}` : clock;
}

function durationText(centiseconds) {
  const s = Math.round(centiseconds / 100);
  if (s < 120) return `${s} s`;
  if (s < 7200) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`;
}

function distanceText(metres) {
  const km = metres >= 10000 ? `${(metres / 1000).toFixed(1)} km` : metres >= 1000 ? `${(metres / 1000).toFixed(2)} km` : `${metres.toFixed(0)} m`;
  return `${(metres / 1852).toFixed(metres >= 18520 ? 1 : 2)} NM, ${km}`;
}

function bearingText(degrees) {
  return `${String(Math.round(degrees) % 360).padStart(3, '0')}°`;
}

function squawkText(code) {
  return code >= 0 ? code.toString(8).padStart(4, '0') : '';
}

function addressText(address) {
  return address >= 0 ? address.toString(16).toUpperCase().padStart(6, '0') : '';
}

const URGENT = { '7500': 'unlawful interference', '7600': 'radio failure', '7700': 'emergency' };

// An element with text and properties; never markup from data.
function element(kind, text, properties) {
  const made = document.createElement(kind);
  if (text !== undefined && text !== null) made.textContent = text;
  return Object.assign(made, properties || {});
}
