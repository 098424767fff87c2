// How times, amounts and names are written.
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });
const counts = new Intl.NumberFormat('en-GB');

export const time = ms => clock.format(ms);
export const dateTime = ms => {
  const [then, now] = [new Date(ms), new Date()];
  const date = then.getFullYear() === now.getFullYear() ? day.format(then) : `${day.format(then)} ${then.getFullYear()}`;
  return then.toDateString() === now.toDateString() ? clock.format(then) : `${date}, ${clock.format(then).slice(0, 5)}`;
};
export const utc = ms => `${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
export const count = n => n === undefined || n === null ? '–' : counts.format(n);
export const share = (x, digits = 0) => x === undefined || x === null ? '–' : `${(100 * x).toFixed(digits)} %`;
export function amount(value, currency) {
  if (value === undefined || value === null) return '–';
  const digits = value !== 0 && Math.abs(value) < 1 ? 4 : 2;
  return `${new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: digits }).format(value)}${currency ? ` ${currency}` : ''}`;
}
export const money = value => value && typeof value === 'object' ? amount(value.amount, value.currency) : amount(value);
/** A length of time in its one or two largest units. */
export function span(ms) {
  if (ms === undefined || ms === null) return '–';
  const s = ms / 1000;
  if (s < 1) return `${Math.round(ms)} ms`;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 90) return `${Math.round(s)} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  if (s < 172800) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86400)} days`;
}
export const ago = ms => {
  const past = Date.now() - ms;
  return past >= 0 ? past < 5000 ? 'just now' : `${span(past)} ago` : `in ${span(-past)}`;
};
export const country = code => {
  if (!code) return '–';
  try { return /^[A-Z]{2}$/.test(code) ? `${regions.of(code)} (${code})` : code; } catch { return code; }
};
/** dead letters → Dead letters */
export const capital = text => text ? text[0].toUpperCase() + text.slice(1) : '';
/** prefix_conversion, notSent → prefix conversion, not sent */
export const words = name => String(name ?? '').replace(/_/g, ' ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`).replace(/\bip\b/, 'IP');
