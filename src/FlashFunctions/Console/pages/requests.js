// Requests: search, and one as a timeline with a sentence for support.
import { el, put, svg, swap } from '../dom.js';
import { api, at, has } from '../api.js';
import { country, money, span, time, utc, words } from '../format.js';
import { candidatesTable } from './routes.js';
import { badge, button, card, confirm, copyButton, dialog, doing, empty, field, heading, link, pages, pairs, stat, table, toast, when } from '../ui.js';

const PRODUCTS = ['verify.call', 'verify.sms', 'verify.voice', 'calls.flash', 'calls.p2s', 'calls.t2s', 'sms', 'messaging.push', 'messaging.viber', 'messaging.rcs', 'messaging.failover', 'insight.hlr', 'insight.fraudcheck'];
const RESULTS = ['pending', 'verified', 'failed', 'expired', 'canceled', 'superseded', 'undeliverable'];
const TONES = { verified: 'good', DELIVERED: 'good', READ: 'good', failed: 'bad', undeliverable: 'bad', UNDELIVERED: 'bad', REJECTED: 'bad', expired: 'warn', pending: 'accent' };
const state = request => request.result ? badge(request.result, TONES[request.result]) : badge(words(request.status).toLowerCase(), TONES[request.status]);
const searches = has('GET /manage/requests');
const isId = text => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i.test(text);
const local = ms => ms ? new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : '';

export default function (view, page) {
  if (page.parts[0]) one(view, page, page.parts[0]);
  else search(view, page);
}

function search(view, page) {
  const { parameters } = page;
  const known = Object.keys(parameters).some(name => name !== 'what');
  const region = el('div', {});
  const what = field(searches ? 'Number, request id or reference' : 'Request id', { name: 'what', value: parameters.what, wide: true, placeholder: searches ? '+37255512345' : '01KJQ0ZP407DZ9RMFGMBA4GVGK', kind: 'search' });
  const more = searches && el('details', { 'data-key': 'filters', open: known }, el('summary', {}, 'More filters'), el('div', { class: 'filters' },
    field('Account', { name: 'account', value: parameters.account }), field('Country', { name: 'country', value: parameters.country, maxlength: 2, placeholder: 'EE' }), field('Provider', { name: 'provider', value: parameters.provider }),
    field('Product', { name: 'product', value: parameters.product, options: [['', 'every product'], ...PRODUCTS] }), field('Result', { name: 'result', value: parameters.result, options: [['', 'every result'], ...RESULTS] }),
    field('From', { name: 'from', kind: 'datetime-local', value: local(Number(parameters.from)) }), field('To', { name: 'to', kind: 'datetime-local', value: local(Number(parameters.to)) })));
  put(view, heading('Requests', searches ? 'Everything that accounts asked for, the newest first. Without a number or reference: of the last 24 hours.' : 'One request by its id, with every step.'),
    el('div', { class: 'stack' }, el('form', { role: 'search', class: 'find', submit: event => {
      event.preventDefault();
      const fields = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()]));
      if (isId(fields.what) || !searches) return fields.what && page.go(`requests/${encodeURIComponent(fields.what.toUpperCase())}`);
      for (const name of ['from', 'to']) if (fields[name]) fields[name] = String(new Date(fields[name]).getTime());
      if (fields.country) fields.country = fields.country.toUpperCase();
      return page.go('requests', fields);
    } }, el('div', { class: 'ask' }, what, el('button', { type: 'submit', class: 'first' }, searches ? 'Search' : 'Open')), more), searches && card('', region)));
  if (!searches) return;
  const load = async after => {
    const { what: asked = '', ...rest } = parameters;
    const written = asked.replace(/[\s().-]/g, '');
    const by = asked === '' ? {} : /^\+?\d{7,15}$/.test(written) ? { number: written.startsWith('+') ? written : `+${written}` } : { reference: asked };
    const answer = await api.get('requests', { ...rest, ...by, after, limit: 50 }, page.abort.signal);
    return { rows: answer.requests, next: answer.next };
  };
  pages(page, region, load, (rows, further) => rows.length === 0 && !further ? empty('Nothing found', known || parameters.what ? 'No request matches all of that. Take a filter away, or look further back with “From”.' : 'Nothing was asked for in the last 24 hours. An account’s page can start a verification.') : [
    rows.length === 0 && el('p', { class: 'dim' }, 'Nothing among those that were looked through; there are more.'),
    rows.length > 0 && table({
      caption: 'Requests', rows, opens: row => `requests/${row.id}`, columns: [
        { name: 'Asked', keep: true, cell: row => when(row.createdAt) }, { name: 'Number', keep: true, cell: row => link(`requests/${row.id}`, el('span', { class: 'num' }, row.number)) }, { name: 'Country', cell: row => country(row.country) },
        { name: 'Product', keep: true, cell: row => row.product }, { name: 'Provider', cell: row => row.provider ?? '–' }, { name: 'State', cell: state }, { name: 'Account', cell: row => row.account }, { name: 'Reference', cell: row => row.reference ?? '–' }],
    }), further], 15);
}

function one(view, page, id) {
  const [top, facts, story] = [el('div', {}, heading(`…${id.slice(-8)}`)), el('div', { class: 'stack' }), el('div', {})];
  const support = el('div', {});
  let request = null;
  let told = null;
  put(view, el('p', { class: 'crumbs' }, link('requests', '← Requests')), top, el('div', { class: 'stack' }, support, card('Timeline', story), facts));
  const drawStory = () => request && told ? tell(request, told.entries) : el('p', { class: 'wait' }, 'Loading…');
  page.watch(facts, signal => api.get(at`requests/${id}`, {}, signal), read => {
    request = read;
    swap(top, heading(read.number, '', state(read)));
    swap(story, drawStory());
    return [...details(read), el('div', { class: 'row' }, button('Export what is stored of the number', doing(() => exported(read.number)), { kind: 'quiet' }), button('Erase the number', () => erase(page, read.number), { kind: 'quiet danger' }))];
  }, 5);
  page.watch(story, signal => api.get(at`requests/${id}/timeline`, {}, signal), read => {
    told = read;
    swap(support, read.support && card('For support', el('div', { class: 'said' }, el('p', {}, read.support), copyButton(read.support))));
    return drawStory();
  }, 5);
}

/** All that is stored of a number, to copy. */
async function exported(number) {
  const stored = await api.get('export', { number });
  await dialog(`Stored of ${number}`, close => [el('p', {}, `${stored.requests.length} requests, ${stored.inboundMessages.length} inbound messages, ${stored.blocks.length} blocks.`),
    el('pre', { class: 'stored', tabindex: 0 }, JSON.stringify(stored, null, 1)), el('div', { class: 'buttons' }, copyButton(JSON.stringify(stored, null, 2)), button('Close', () => close(), { kind: 'first' }))]);
}
async function erase(page, number) {
  const erased = await confirm(`Erase ${number}?`, 'In every account: what is open of it is canceled, then its requests, inbound messages and all that leads to them are deleted. Statistics and operators’ lists stay. It cannot be undone.', 'Erase', () => api.post('erase', { number }));
  if (!erased) return;
  toast(`Erased: ${erased.requests} requests, ${erased.inboundMessages} inbound messages, ${erased.other} other rows.`);
  page.go('requests');
}

const details = request => [
  el('div', { class: 'stats' }, stat('Asked', when(request.createdAt)), stat('Ended', request.endedAt ? span(request.endedAt - request.createdAt) : 'not yet', request.endedAt ? 'after it was asked' : `due ${time(request.expiresAt)}`),
    stat('Attempts', request.attempts.filter(attempt => attempt.state !== 'skipped').length), stat('Price', total(request.attempts), 'as counted under the cap')),
  el('div', { class: 'two' },
    card('Request', pairs([['Id', el('code', {}, request.id)], ['Account', link(`accounts/${encodeURIComponent(request.account)}`, request.account)], ['Product', request.product], ['Reference', request.reference], ['Status', words(request.status).toLowerCase()], ['Result', request.result], ['Why it ended', request.reason],
      ['Country', country(request.country)], ['Network', [request.network, request.mccmnc && `(${request.mccmnc})`].filter(Boolean).join(' ')], ['Caller', request.from], ['Goal', request.goal], ['Expires', when(request.expiresAt)]])),
    card('Parameters', Object.keys(request.payload).length === 0 ? el('p', { class: 'dim' }, 'None.') : pairs(Object.entries(request.payload).map(([name, value]) => [name, String(value)])))),
  request.fraud?.length > 0 && card('Fraud guard', table({ caption: 'What the fraud guard found', rows: request.fraud, columns: [{ name: 'Rule', cell: row => words(row.reason) }, { name: 'Mode', cell: row => badge(row.mode === 'enforce' ? 'Enforced' : 'Observed', row.mode === 'enforce' ? 'bad' : 'warn') }, { name: 'Scope', cell: row => row.scope }, { name: 'Seen', cell: row => row.seen }, { name: 'Limit', cell: row => row.limit }, { name: 'Until', cell: row => when(row.until) }] })),
  card('Attempts', request.attempts.length === 0 ? empty('Not tried yet', 'Its first step is in the queue.') : table({
    caption: 'Attempts', rows: request.attempts, columns: [{ name: 'Step', cell: attempt => `${attempt.step + 1} · ${attempt.method}` }, { name: 'Provider', cell: attempt => attempt.provider ?? '–' }, { name: 'State', cell: attempt => badge(words(attempt.state), attempt.state === 'placed' ? '' : attempt.state === 'starting' ? 'accent' : 'warn') },
      { name: 'Status', cell: attempt => attempt.status ? badge(words(attempt.status).toLowerCase(), TONES[attempt.status]) : '–' }, { name: 'Took', right: true, cell: attempt => attempt.placedAt ? span(attempt.placedAt - attempt.startedAt) : '–' }, { name: 'Price', right: true, cell: attempt => money(attempt.charge) }, { name: 'Why', cell: attempt => attempt.reason ?? '–' }],
  })),
  request.callbacks?.length > 0 && card('Callbacks', table({
    caption: 'Callbacks', rows: request.callbacks, columns: [{ name: 'Status', cell: each => [words(each.status).toLowerCase(), each.result && each.result !== 'pending' && ` · ${each.result}`] }, { name: 'State', cell: each => badge(each.state, { delivered: 'good', dead: 'bad', gone: 'warn' }[each.state] ?? 'accent') }, { name: 'Tries', right: true, cell: each => each.tries }, { name: 'Last try', keep: true, cell: each => when(each.lastTryAt) }, { name: 'Next try', keep: true, cell: each => when(each.nextTryAt) }, { name: 'Last failure', cell: each => each.lastFailure ?? '–' }],
  })),
];
function total(attempts) {
  const charges = attempts.map(attempt => attempt.charge).filter(Boolean);
  return charges.length === 0 ? '–' : money({ amount: charges.reduce((sum, charge) => sum + charge.amount, 0), currency: charges[0].currency });
}
/** Attempts as bars along the request's life, and below it what happened, in order. */
function tell(request, entries) {
  const begin = request.createdAt;
  const end = Math.max(request.endedAt ?? Math.min(request.expiresAt, Date.now()), ...entries.map(entry => entry.at), begin + 1000);
  const x = at_ => 100 * Math.max(0, Math.min(1, (at_ - begin) / (end - begin)));
  const tried = request.attempts.filter(attempt => attempt.state !== 'skipped');
  const lanes = tried.map((attempt, index) => {
    const rest = tried[index + 1]?.startedAt ?? end;
    const until = attempt.updatedAt ?? attempt.placedAt ?? rest;
    return el('div', { class: 'lane' }, el('span', {}, `${attempt.method} · ${attempt.provider ?? '–'}`), svg('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true', 'data-tip': `${attempt.method} by ${attempt.provider ?? '–'}\nstarted ${span(attempt.startedAt - begin)} after it was asked\n${attempt.status ? words(attempt.status).toLowerCase() : words(attempt.state)}` },
      svg('rect', { class: 'track', width: 100, height: 10 }), svg('rect', { class: 'rest', x: x(attempt.startedAt), width: Math.max(0, x(rest) - x(attempt.startedAt)), height: 10 }), svg('rect', { class: `fill ${TONES[attempt.status] ?? ''}`, x: x(attempt.startedAt), width: Math.max(.8, x(until) - x(attempt.startedAt)), height: 10 })));
  });
  return [lanes.length > 0 && el('div', { class: 'lanes' }, lanes, el('div', { class: 'lane scale' }, el('span', {}), el('div', {}, el('span', {}, 'asked'), el('span', {}, span(end - begin))))),
    el('ol', { class: 'events' }, entries.map(entry => el('li', { class: toneOf(entry) }, el('span', { class: 'at num', 'data-tip': utc(entry.at) }, entry.at <= begin ? time(entry.at) : `+${span(entry.at - begin)}`),
      el('div', {}, el('strong', {}, words(entry.kind)), el('p', {}, entry.text), extras(entry)))))];
}
const toneOf = entry => ['fraud', 'resumed'].includes(entry.kind) || ['unclear', 'notSent', 'rejected', 'skipped'].includes(entry.state) ? 'warn' : TONES[entry.kind === 'report' ? entry.status : entry.result] ?? '';
function extras({ choice, ...entry }) {
  const key = `${entry.at} ${entry.kind} ${entry.text}`;
  const rest = Object.entries(entry).filter(([name, value]) => !['at', 'kind', 'text', 'step', 'method', 'provider', 'result'].includes(name) && value !== null && value !== undefined && value !== '');
  const told = value => typeof value !== 'object' ? String(value) : value.amount !== undefined ? money(value) : pairs(Object.entries(value).map(([name, each]) => [words(name), name === 'until' ? when(each) : told(each)]));
  return [choice && el('details', { 'data-key': `why ${key}` }, el('summary', {}, 'Why this provider'), candidatesTable(`Candidates of ${entry.provider} at ${time(entry.at)}`, choice.candidates, entry.price?.currency)),
    rest.length > 0 && el('details', { 'data-key': `event ${key}` }, el('summary', {}, 'Details'), pairs(rest.map(([name, value]) => [words(name), told(value)])))];
}
