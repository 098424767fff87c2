// Routes: how well each provider converts where, why one is chosen now, and what changed.
import { el, put, swap } from '../dom.js';
import { api } from '../api.js';
import { amount, count, country, dateTime, share, time as clock } from '../format.js';
import { columns, heat, spread } from '../charts.js';
import { badge, button, card, doing, empty, field, form, heading, notice, pages, stat, table, when } from '../ui.js';

export const HOUR = 3_600_000;
const METHODS = ['call', 'sms', 'voice', 'push', 'viber', 'rcs', 'speech'];
const SUMS = ['placed', 'rang', 'answered', 'delivered', 'undelivered', 'unclear', 'notSent', 'verifiable', 'verified', 'priced', 'price'];
export const PERIODS = [['6', 'the last 6 hours'], ['24', 'the last day'], ['168', 'the last week'], ['720', 'the last 30 days']];

/** The 95 % interval of Wilson, as the API works it out: for sums of its rows. */
export function interval(verified, of) {
  if (!of) return { conversion: null, low: 0, high: 1 };
  const [z, p] = [1.959964, verified / of];
  const [middle, half, scale] = [p + z * z / (2 * of), z * Math.sqrt((p * (1 - p) + z * z / (4 * of)) / of), 1 + z * z / of];
  return { conversion: p, low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
}
/** Rows of conversion summed by a name. */
export function sumBy(rows, nameOf) {
  const sums = new Map();
  for (const row of rows) {
    const name = nameOf(row);
    const sum = sums.get(name) ?? { name, ...Object.fromEntries(SUMS.map(each => [each, 0])) };
    for (const each of SUMS) sum[each] += row[each] ?? 0;
    sums.set(name, sum);
  }
  return [...sums.values()].map(sum => ({ ...sum, ...interval(sum.verified, sum.verifiable) }));
}
/** Hours, or days where there are many, as the points of a chart. */
export function series(rows, from, to, valueOf, tipOf) {
  const step = to - from > 72 * HOUR ? 24 * HOUR : HOUR;
  const slots = new Map(sumBy(rows, row => Math.floor((row.hour - from) / step)).map(sum => [sum.name, sum]));
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => {
    const sum = slots.get(index);
    const at = from + index * step;
    const name = step === HOUR ? clock(at).slice(0, 5) : new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
    return { name, value: sum ? valueOf(sum) ?? 0 : 0, tip: `${dateTime(at)}\n${sum ? tipOf(sum) : 'nothing'}` };
  });
}
/** Saves what conversion() asks for as a file for a spreadsheet. */
export const csvButton = conversion => button('Download as CSV', doing(() => api.download('conversion', { ...conversion(), format: 'csv' }, 'conversion.csv')), { kind: 'quiet' });
const place = row => row.operator === undefined ? country(row.country) : `${row.operator || 'unknown operator'}, ${row.country}`;
const counts = of => `${share(of.conversion)} verified: ${of.verified} of ${of.verifiable}\n95 % interval ${share(of.low)} to ${share(of.high)}\nplaced ${of.placed}, delivered ${of.delivered}, undelivered ${of.undelivered}, unclear ${of.unclear}`;

export default function (view, page) {
  const { by = 'country', method = 'call', hours = '24' } = page.parameters;
  put(view, heading('Routes', 'Which provider verifies how many where, with the interval that the true share is in at 95 %. A verification counts for the attempt whose code was entered.'));
  const stack = el('div', { class: 'stack' });
  put(view, stack);
  put(stack, dryRun(page));
  failing(stack, page);
  const from = Date.now() - Number(hours) * HOUR;
  const [map, time] = [el('div', {}), el('div', {})];
  put(stack, el('form', { class: 'line', role: 'search', submit: event => { event.preventDefault(); page.go('routes', Object.fromEntries(new FormData(event.target))); } },
    field('Rows', { name: 'by', value: by, options: [['country', 'by country'], ['operator', 'by operator']] }), field('Method', { name: 'method', value: method, options: METHODS }), field('Time', { name: 'hours', value: hours, options: PERIODS }), el('button', { type: 'submit' }, 'Show')),
  card('Conversion', map, { lead: 'Verified of sent, provider by provider. Few sends make a wide interval: hover for it.', actions: csvButton(() => ({ by: `provider,country${by === 'operator' ? ',operator' : ''}${hours <= 24 ? ',hour' : ''}`, method, from })) }), card('Over time', time));
  page.watch(map, signal => api.get('conversion', { by: by === 'operator' ? 'provider,country,operator' : 'provider,country', method, from }, signal), ({ rows }) => {
    if (rows.length === 0) return empty('Nothing to compare yet', `No ${method} of this time is over. A verification counts when it was due, some minutes after it was asked for.`);
    const cells = new Map(rows.map(row => [`${row.provider}\n${place(row)}`, row]));
    const places = sumBy(rows, place).sort((a, b) => b.placed - a.placed).slice(0, 40);
    const providers = sumBy(rows, row => row.provider).sort((a, b) => b.placed - a.placed);
    const paint = of => of && { value: of.conversion ?? 0, text: of.verifiable > 0 ? share(of.conversion) : `${of.delivered} of ${of.placed}`, note: of.verifiable > 0 ? `${count(of.verified)} of ${count(of.verifiable)}` : 'delivered', tip: counts(of) };
    return [heat('Conversion by provider and place', places.map(each => each.name), [...providers.map(each => each.name), 'all'], (row, name) => paint(name === 'all' ? places.find(each => each.name === row) : cells.get(`${name}\n${row}`)), { rowName: by === 'operator' ? 'Operator' : 'Country' }),
      el('details', { 'data-key': 'intervals' }, el('summary', {}, 'Show with intervals, as a table'), table({
        caption: 'Conversion with intervals', rows, columns: [{ name: 'Provider', cell: row => row.provider }, { name: by === 'operator' ? 'Operator' : 'Country', cell: place }, { name: 'Placed', right: true, cell: row => count(row.placed) }, { name: 'Delivered', right: true, cell: row => count(row.delivered) }, { name: 'Unclear', right: true, cell: row => count(row.unclear) },
          { name: 'Verified', right: true, cell: row => count(row.verified) }, { name: 'Conversion', right: true, cell: row => share(row.conversion, 1) }, { name: 'Interval', cell: row => [`${share(row.low)} – ${share(row.high)}`, spread(row.low, row.conversion ?? row.low, row.high, { tip: counts(row) })] }],
      }))];
  }, 60);
  page.watch(time, signal => api.get('conversion', { by: 'hour', method, from }, signal), ({ rows, from: first, to }) => rows.length === 0 ? empty('Nothing yet', 'The first hour appears when its verifications are over.') : el('div', { class: 'two' },
    el('div', {}, el('h3', {}, 'Verified of sent'), columns('Verified of sent', series(rows, first, to, sum => sum.conversion, counts), { format: value => share(value), top: 1 })),
    el('div', {}, el('h3', {}, 'Placed'), columns('Placed', series(rows, first, to, sum => sum.placed, sum => `${sum.placed} placed`), { format: count }))), 60);
  changes(stack, page);
}

/** What would be tried for a number now. */
function dryRun(page) {
  const answer = el('div', { class: 'stack', role: 'status' });
  return card('Why this provider now', el('div', { class: 'stack' }, form({
    line: true, text: 'Show', fields: [field('Number', { name: 'number', kind: 'tel', required: true, placeholder: '+37255512345', wide: true }), field('Method', { name: 'method', options: METHODS.slice(0, 3), value: 'call' }), field('Digits', { name: 'codeLength', options: ['4', '5', '6'], value: '4' })],
    submit: async fields => { swap(answer); swap(answer, plan(await api.get('routes', fields, page.abort.signal))); },
  }), answer), { lead: 'A dry run: what would be tried for a number, in which order. Nothing is sent.' });
}
function plan({ candidates, ...rest }) {
  const usable = candidates.filter(each => each.usable);
  return [usable.length === 0 ? notice('warn', 'No provider is usable for it.') : el('p', {}, el('strong', {}, usable[0].provider), ` would be tried first, in ${[rest.operator, country(rest.country)].filter(Boolean).join(', ')}.`, rest.mode && el('span', { class: 'dim' }, ` Routing is ${rest.mode}.`)),
    candidatesTable('Candidates', candidates, rest.currency)];
}
/** Providers that were looked at: what is expected of them, and why each has its place. */
export const candidatesTable = (caption, rows, currency) => table({
  caption, rows, columns: [{ name: 'Provider', cell: row => el('strong', {}, row.provider) }, { name: 'Usable', cell: row => badge(row.usable ? 'Yes' : 'Passed over', row.usable ? 'good' : 'warn') }, { name: 'Price', right: true, cell: row => amount(row.price, currency) },
    { name: 'Conversion', right: true, cell: row => share(row.conversion) }, { name: 'Interval', cell: row => row.low === undefined || row.low === null ? '–' : [`${share(row.low)} – ${share(row.high)}`, spread(row.low, row.conversion ?? row.low, row.high, { tip: `${share(row.conversion, 1)}\n${share(row.low, 1)} to ${share(row.high, 1)}` })] }, { name: 'Why', cell: row => row.why ?? '–' }],
});

/** Routes that take attempts and verify far fewer than they did: shown while there are such. */
function failing(stack, page) {
  const region = el('div', {});
  put(stack, region);
  page.watch(region, signal => api.get('routes/failing', {}, signal), ({ routes }) => routes.length > 0 && card('Routes that fail silently', table({
    caption: 'Routes that fail silently', rows: routes, columns: [{ name: 'Route', cell: row => el('strong', {}, `${row.provider} · ${row.method}`) }, { name: 'To', cell: place }, { name: 'In the last', keep: true, cell: row => `${row.minutes} min` },
      { name: 'Verified now', right: true, cell: row => `${share(row.now.conversion)} (${count(row.now.verified)} of ${count(row.now.verifiable)})` }, { name: 'In the week before', right: true, cell: row => `${share(row.before.conversion)} of ${count(row.before.verifiable)}` }, { name: 'By chance', right: true, cell: row => row.chance.toPrecision(1) }],
  }), { lead: 'They take what they are given, and far fewer are verified than in their own week before. Learned routing goes elsewhere by itself; a configured order does not.' }), 60);
}

function changes(stack, page) {
  const region = el('div', {});
  put(stack, card('What changed', region));
  pages(page, region, async after => { const answer = await api.get('routes/changes', { after, limit: 20 }, page.abort.signal); return { rows: answer.changes, next: answer.next }; }, (rows, more) => rows.length === 0
    ? empty('No change', 'Where routing learns, each change of the best provider is told here in words. In a configured order nothing changes by itself.')
    : [table({ caption: 'Changes of routes', rows, columns: [{ name: 'When', keep: true, cell: row => when(row.at) }, { name: 'What', cell: row => row.text }] }), more], 60);
}

/** For other pages: a number of facts in a row. */
export const facts = (...stats) => el('div', { class: 'stats' }, stats.map(args => stat(...args)));
