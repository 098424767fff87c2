// The fraud guard: what it decided, what is blocked, the operators' lists, and what other settings would do.
import { el, put, swap } from '../dom.js';
import { api, at, has } from '../api.js';
import { capital, count, country, share, span, words } from '../format.js';
import { bar } from '../charts.js';
import { badge, button, card, doing, empty, field, form, heading, link, notice, pages, stat, table, toast, when } from '../ui.js';

export const REASONS = ['number_type', 'country', 'list', 'messages', 'prefix_conversion', 'country_unverified', 'ip_unverified', 'ip_countries', 'sequential', 'wrong_codes', 'device', 'upstream'];
const HOUR = 3_600_000;
const TABS = [
  ['decisions', 'Decisions', 'GET /manage/fraud/decisions', decisions], ['blocks', 'Blocks', 'GET /manage/fraud/blocks', blocks],
  ['lists', 'Lists', 'GET /manage/fraud/lists/{list}', lists], ['preview', 'Preview', 'POST /manage/fraud/preview', preview],
].filter(([, , needs]) => has(needs));

export default function (view, page) {
  const chosen = TABS.find(([id]) => id === page.parts[0]) ?? TABS[0];
  const region = el('div', { class: 'stack' });
  put(view, heading('Fraud', 'Every decision says why: what was seen, the limit, and how it was worked out. What is observed blocks nothing.'),
    TABS.length > 1 && el('nav', { class: 'tabs', 'aria-label': 'Fraud' }, TABS.map(([id, name]) => el('a', { href: `#/fraud/${id}`, 'aria-current': id === chosen[0] ? 'page' : undefined }, name))), region);
  chosen[3](region, page);
}

const mode = of => badge(of === 'enforce' ? 'Enforced' : of === 'observe' ? 'Observed' : words(of), of === 'enforce' ? 'bad' : 'warn');
const place = row => row.scope === 'country' ? country(row.value) : row.value;
const arithmetic = row => [el('span', {}, row.seen), el('div', { class: 'dim small' }, row.limit)];
const owner = row => row.account ? link(`accounts/${encodeURIComponent(row.account)}`, row.account) : 'every account';
const LISTABLE = ['number', 'prefix', 'ip', 'country'];

/** Puts an entry on a list, and offers to take it off again. */
async function add(page, list, entry, said) {
  const made = await api.post(at`fraud/lists/${list}`, entry);
  toast(said, async () => { await api.delete(at`fraud/lists/${list}/${made.id}`); page.refresh(); });
  await page.refresh();
}
/** What is masked or hashed cannot be named on a list. */
const isNamed = row => ({ number: /^\+\d+$/, prefix: /^\+\d+$/, ip: /[.:]/, country: /^[A-Z]{2}$/ })[row.scope]?.test(row.value) ?? false;
const allow = (page, row) => isNamed(row) && button('Allow', doing(() => add(page, 'allow', { scope: row.scope, value: row.value, account: row.account, note: `was: ${words(row.reason)}` }, `${row.value} is allowed: no rule counts there.`)), { kind: 'quiet', key: `allow ${row.id}`, 'aria-label': `Allow ${row.value}` });

function decisions(region, page) {
  const { parameters } = page;
  const [sums, rows] = [el('div', {}), el('div', {})];
  put(region, el('form', { class: 'line', role: 'search', submit: event => { event.preventDefault(); page.go('fraud/decisions', Object.fromEntries(new FormData(event.target))); } },
    field('Rule', { name: 'rule', value: parameters.rule, options: [['', 'every rule'], ...REASONS.map(name => [name, words(name)])] }), field('Mode', { name: 'mode', value: parameters.mode, options: [['', 'both'], ['observe', 'observed'], ['enforce', 'enforced']] }),
    field('Scope', { name: 'scope', value: parameters.scope, options: [['', 'every scope'], 'number', 'prefix', 'account', 'ip', 'country', 'device'] }), field('Account', { name: 'account', value: parameters.account, placeholder: 'all' }),
    field('Since', { name: 'since', value: parameters.since ?? '24', options: [['1', 'an hour'], ['24', 'a day'], ['168', 'a week']] }), el('button', { type: 'submit' }, 'Show')), sums, card('Decisions', rows));
  const load = async after => {
    const { since = '24', rule, mode: shown, scope, account } = parameters;
    const { decisions: found, next } = await api.get('fraud/decisions', { rule, mode: shown, scope, account, from: Date.now() - Number(since) * HOUR, after, limit: 200 }, page.abort.signal);
    return { rows: found, next };
  };
  pages(page, rows, load, (found, more) => {
    swap(sums, found.length > 0 && card('Observed against enforced', tally(found), { lead: 'Requests of the decisions below: what enforcing an observed rule would have stopped, and what was stopped.' }));
    return found.length === 0 ? empty('No decisions', 'Nothing looked like fraud in this time. Rules that observe and rules that enforce are listed alike.') : [table({
      caption: 'Decisions of the fraud guard', rows: found, columns: [
        { name: 'Last', keep: true, cell: row => when(row.lastAt) }, { name: 'Mode', cell: row => mode(row.mode) }, { name: 'Why', keep: true, cell: row => words(row.reason) },
        { name: 'Where', keep: true, cell: row => [place(row), el('div', { class: 'dim small' }, row.scope)] }, { name: 'Seen, and the limit', cell: arithmetic }, { name: 'Account', cell: owner },
        { name: 'Requests', right: true, cell: row => row.requestId ? link(`requests/${encodeURIComponent(row.requestId)}`, count(row.requests)) : count(row.requests) },
        { name: 'Actions', acts: true, cell: row => allow(page, row) || '' },
      ],
    }), more];
  }, 15);
}
function tally(found) {
  const rules = new Map();
  for (const row of found) {
    const of = rules.get(row.reason) ?? { reason: row.reason, observe: 0, enforce: 0 };
    of[row.mode] = (of[row.mode] ?? 0) + row.requests;
    rules.set(row.reason, of);
  }
  const rows = [...rules.values()].sort((a, b) => b.observe + b.enforce - a.observe - a.enforce);
  const top = Math.max(...rows.map(row => Math.max(row.observe, row.enforce)));
  return table({ caption: 'Observed against enforced', rows, columns: [
    { name: 'Rule', cell: row => words(row.reason) }, { name: 'Would have stopped', cell: row => [count(row.observe), bar(row.observe, top, { tone: 'warn', tip: `${row.observe} observed` })] }, { name: 'Stopped', cell: row => [count(row.enforce), bar(row.enforce, top, { tone: 'bad', tip: `${row.enforce} enforced` })] }] });
}

function blocks(region, page) {
  const rows = el('div', {});
  put(region, has('POST /manage/fraud/blocks') && card('Block by hand', form({
    line: true, text: 'Block', kind: 'first danger', fields: [field('Scope', { name: 'scope', options: [...LISTABLE, 'account'], value: 'prefix' }), field('Value', { name: 'value', required: true, placeholder: '+37281', wide: true }), field('Account', { name: 'account', placeholder: 'every account' }),
      field('For', { name: 'hours', value: '1', options: [['0.25', '15 minutes'], ['1', 'an hour'], ['6', '6 hours'], ['24', 'a day']] }), field('Note', { name: 'note', placeholder: 'why', maxlength: 200 })],
    submit: async ({ hours, ...entry }, element) => {
      const made = await api.post('fraud/blocks', { ...entry, until: Date.now() + Number(hours) * HOUR });
      toast(`${entry.value} is blocked.`, made?.id && (async () => { await api.delete(at`fraud/blocks/${made.id}`); page.refresh(); }));
      element.reset();
      await page.refresh();
    },
  })), card('Blocks in force', rows, { lead: 'They end by themselves, and last longer when they repeat: 15 minutes, 1, 6 and 24 hours.' }));
  const load = async after => { const { blocks: found, next } = await api.get('fraud/blocks', { after, limit: 200 }, page.abort.signal); return { rows: found, next }; };
  pages(page, rows, load, (found, more) => found.length === 0 && !more ? empty('Nothing is blocked', 'A rule that is enforced blocks where its limit is passed. Lists block for good.') : [table({
    caption: 'Blocks in force', rows: found, columns: [
      { name: 'Where', keep: true, cell: row => [el('strong', {}, place(row)), el('div', { class: 'dim small' }, row.scope)] }, { name: 'Why', cell: row => [words(row.reason), row.note && el('div', { class: 'dim small' }, row.note)] }, { name: 'Seen, and the limit', cell: arithmetic },
      { name: 'Repeats', right: true, cell: row => row.repeats }, { name: 'Account', cell: owner }, { name: 'Until', keep: true, cell: row => [when(row.until), row.until && el('div', { class: 'dim small' }, `${span(Math.max(0, row.until - Date.now()))} left`)] },
      { name: 'Actions', acts: true, cell: row => [allow(page, row), button('Lift', doing(() => lift(page, row)), { kind: 'quiet danger', key: `lift ${row.id}`, 'aria-label': `Lift the block of ${row.value}` })] },
    ],
  }), more], 15);
}
async function lift(page, row) {
  await api.delete(at`fraud/blocks/${row.id}`);
  const again = (isNamed(row) || row.scope === 'account') && row.until > Date.now();
  toast(`The block of ${row.value} is lifted.`, again && (async () => {
    await api.post('fraud/blocks', { scope: row.scope, value: row.value, account: row.account ?? undefined, until: row.until, note: row.note ?? undefined });
    page.refresh();
  }));
  await page.refresh();
}

function lists(region, page) {
  put(region, card('Add an entry', form({
    line: true, text: 'Add', fields: [field('List', { name: 'list', value: 'block', options: [['block', 'block'], ['allow', 'allow']] }), field('Scope', { name: 'scope', value: 'prefix', options: LISTABLE }), field('Value', { name: 'value', required: true, wide: true, placeholder: '+37281, 192.0.2.0/24, EE' }),
      field('Account', { name: 'account', placeholder: 'every account' }), field('Note', { name: 'note', placeholder: 'why', maxlength: 200 })],
    submit: async ({ list, ...entry }, element) => { await add(page, list, entry, `${entry.value} is on the ${list} list.`); element.querySelector('[name=value]').value = ''; },
  })));
  for (const [list, title, lead, nothing] of [
    ['block', 'Blocked', 'Refused whatever the rules say (errorCode 30).', 'Put a number, a prefix, an address or a country here that must never be sent to.'],
    ['allow', 'Allowed', 'Wins over every rule and every block.', 'Put what a rule keeps taking for fraud here: a test range, an office’s address.']]) {
    const rows = el('div', {});
    put(region, card(title, rows, { lead }));
    const load = async after => { const { entries, next } = await api.get(at`fraud/lists/${list}`, { after }, page.abort.signal); return { rows: entries, next }; };
    pages(page, rows, load, (found, more) => found.length === 0 ? empty(`The ${list} list is empty`, nothing) : [table({
      caption: title, rows: found, columns: [
        { name: 'Value', cell: row => [el('strong', {}, place(row)), el('div', { class: 'dim small' }, row.scope)] }, { name: 'Account', cell: owner }, { name: 'Note', cell: row => row.note || '–' },
        { name: 'Until', keep: true, cell: row => row.until ? when(row.until) : 'no end' }, { name: 'Added', keep: true, cell: row => when(row.createdAt) },
        { name: 'Actions', acts: true, cell: row => button('Delete', doing(async () => {
          await api.delete(at`fraud/lists/${list}/${row.id}`);
          const { scope, value, account, until, note } = row;
          toast(`${value} is off the ${list} list.`, async () => { await api.post(at`fraud/lists/${list}`, { scope, value, account: account ?? undefined, until: until ?? undefined, note: note ?? undefined }); page.refresh(); });
          await page.refresh();
        }), { kind: 'quiet danger', key: `delete ${row.id}`, 'aria-label': `Delete ${row.value} from the ${list} list` }) },
      ],
    }), more], 30);
  }
}

function preview(region, page) {
  const result = el('div', { class: 'stack' });
  put(region, card('What would these settings have done?', form({
    text: 'Preview', fields: [el('div', { class: 'two' }, field('Account', { name: 'account', value: page.parameters.account, required: true, placeholder: 'shop' }), field('Over', { name: 'hours', value: '24', options: [['1', 'the last hour'], ['6', 'the last 6 hours'], ['24', 'the last day'], ['72', 'the last 3 days']] })),
      el('div', { class: 'two' }, REASONS.map(rule => el('div', { class: 'two' }, field(capital(words(rule)), { name: `mode ${rule}`, value: '', options: [['', 'as it is'], 'off', 'observe', 'enforce'] }), field(`Limit of ${words(rule)}`, { name: `limit ${rule}`, kind: 'number', min: 1, placeholder: 'as it is' }))))],
    submit: async fields => {
      const fraud = { ...(await api.get(at`accounts/${fields.account}`)).fraud };
      for (const rule of REASONS) {
        const changed = [['mode', fields[`mode ${rule}`]], ['limit', fields[`limit ${rule}`] && Number(fields[`limit ${rule}`])]].filter(([, value]) => value !== undefined);
        if (changed.length > 0) fraud[rule] = { ...fraud[rule], ...Object.fromEntries(changed) };
      }
      swap(result, outcome(await api.post('fraud/preview', { account: fields.account, hours: Number(fields.hours), fraud })));
    },
  }), { lead: 'The rules are run over what was really sent, with what is known by now of who verified. Nothing is changed.' }), result);
}
function outcome(answer) {
  const rules = answer.rules.filter(rule => rule.requests > 0);
  return [el('div', { class: 'stats' }, stat('Looked at', count(answer.requests), answer.truncated ? 'there were more' : 'requests'), stat('Refused', count(answer.refused), share(answer.requests > 0 ? answer.refused / answer.requests : null, 1)),
    stat('Of those verified', count(answer.refusedVerified), 'people who would have been turned away', answer.refusedVerified > 0 ? 'bad' : ''), stat('Sends saved', count(answer.savedSends), 'calls and messages')),
  rules.length === 0 ? notice('good', 'None of the rules would have found anything under these settings.') : card('By rule', table({ caption: 'By rule', rows: rules, columns: [{ name: 'Rule', cell: rule => words(rule.reason) }, { name: 'Mode', cell: rule => mode(rule.mode) }, { name: 'Requests', right: true, cell: rule => [count(rule.requests), bar(rule.requests, answer.requests, { tone: rule.mode === 'enforce' ? 'bad' : 'warn', tip: `${rule.requests} of ${answer.requests}` })] }, { name: 'Verified among them', right: true, cell: rule => count(rule.verified) }, { name: 'Sends', right: true, cell: rule => count(rule.sends) }] }), { lead: 'A rule whose requests verify is too strict; one whose requests never do is worth enforcing.' })];
}
