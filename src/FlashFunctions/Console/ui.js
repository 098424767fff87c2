// The parts that pages are made of.
import { el, icon } from './dom.js';
import { ago, dateTime, utc } from './format.js';
import { ApiError } from './api.js';

let last = 0;
const nextId = () => `x${++last}`;

export const heading = (title, lead, ...actions) => el('div', { class: 'top' },
  el('div', {}, el('h1', { tabindex: -1, 'data-key': 'title' }, title), lead && el('p', { class: 'lead' }, lead)), actions.length > 0 && el('div', { class: 'row' }, actions));

export const card = (title, body, { lead, actions } = {}) => {
  const id = nextId();
  return el('section', { class: 'card', 'aria-labelledby': title ? id : undefined },
    title && el('header', {}, el('h2', { id }, title), actions && el('div', { class: 'row' }, actions), lead && el('p', { class: 'lead' }, lead)), el('div', { class: 'body' }, body));
};
export const stat = (label, value, note, tone) => el('dl', { class: 'card stat' }, el('dt', {}, label), el('dd', { class: tone }, value), note && el('dd', { class: 'note' }, note));
export const pairs = entries => el('dl', { class: 'pairs' }, entries.filter(entry => entry && entry[1] !== undefined && entry[1] !== null && entry[1] !== '').map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
export const badge = (text, tone) => el('span', { class: `badge ${tone ?? ''}` }, text);
export const notice = (tone, ...content) => el('div', { class: `notice ${tone}`, role: tone === 'bad' ? 'alert' : undefined }, icon(tone === 'good' ? 'check' : tone === 'info' ? 'info' : 'warning'), el('div', {}, content));
/** Nothing there: what that means and what to do. */
export const empty = (title, text, ...actions) => el('div', { class: 'empty' }, el('strong', {}, title), text && el('p', {}, text), actions.length > 0 && el('div', { class: 'row' }, actions));
export const when = ms => ms === undefined || ms === null ? '–' : el('time', { datetime: new Date(ms).toISOString(), 'data-tip': `${utc(ms)}\n${ago(ms)}` }, dateTime(ms));
export const link = (to, ...content) => el('a', { href: `#/${to}` }, content);
export const button = (text, click, { kind = '', key, ...attributes } = {}) => el('button', { type: 'button', class: kind, click, 'data-key': key, ...attributes }, text);

/** What the API said. */
export function fault(error) {
  if (!(error instanceof ApiError)) return notice('bad', el('strong', {}, 'The console failed: '), String(error?.message ?? error));
  const details = Object.entries(error.details);
  return notice('bad', el('strong', {}, error.message), error.code !== undefined && ` (errorCode ${error.code}, HTTP ${error.status})`,
    details.length > 0 && el('ul', {}, details.map(([field, faults]) => el('li', {}, el('code', {}, field), ` ${[].concat(faults).join('; ')}`))),
    error.retryAfter && el('p', {}, `Try again in ${error.retryAfter} s.`));
}

/**
 * A table. columns: {name, cell(row), right, keep, acts}; where it is narrow a row becomes a block. opens(row) is where a row leads.
 */
export function table({ caption, columns, rows, key, opens, fold = true }) {
  const body = rows.map(row => {
    const to = opens?.(row);
    const enter = to && (event => { if (!event.target.closest('a, button, input, summary') && !String(getSelection())) location.hash = `#/${to}`; });
    return el('tr', { class: to && 'open', click: enter || undefined }, columns.map(column =>
      el('td', { class: [column.right && 'right', column.keep && 'keep', column.acts && 'acts'].filter(Boolean).join(' ') || undefined, 'data-name': column.name }, wrapped(column.cell(row)))));
  });
  return el('div', { class: 'wrap', 'data-key': key ?? caption, tabindex: fold ? undefined : 0, role: fold ? undefined : 'region', 'aria-label': fold ? undefined : caption },
    el('table', { class: fold ? 'fold' : undefined }, el('caption', { class: 'unseen' }, caption),
      el('thead', {}, el('tr', {}, columns.map(column => el('th', { scope: 'col', class: column.right ? 'right' : undefined }, column.acts ? el('span', { class: 'unseen' }, column.name) : column.name)))), el('tbody', {}, body)));
}
const wrapped = content => Array.isArray(content) ? el('div', {}, content) : content ?? '–';

/** A labelled control. options make a select; kind is the input's type. */
export function field(label, { name, kind = 'text', value, options, hint, wide, ...attributes } = {}) {
  const [id, hintId] = [nextId(), nextId()];
  const common = { id, name, 'aria-describedby': hint ? hintId : undefined, ...attributes };
  if (kind === 'checkbox') return el('label', { class: 'check' }, el('input', { type: 'checkbox', name, checked: value, ...attributes }), el('span', {}, label, hint && el('span', { class: 'dim' }, ` ${hint}`)));
  const control = options ? el('select', common, options.map(option => { const [v, text] = Array.isArray(option) ? option : [option, option]; return el('option', { value: v, selected: v === value }, text); }))
    : kind === 'textarea' ? el('textarea', { ...common, value }) : el('input', { ...common, type: kind, value, autocomplete: 'off', spellcheck: 'false' });
  return el('div', { class: wide ? 'field wide' : 'field' }, el('label', { for: id }, label), control, hint && el('span', { class: 'hint', id: hintId }, hint));
}
/** A form's values: checkboxes as true or false, empty text left out. */
export const values = form => Object.fromEntries([...form.elements].filter(each => each.name).map(each => [each.name, each.type === 'checkbox' ? each.checked : each.value.trim()]).filter(([, value]) => value !== ''));
/** A form whose submission may fail: the fault is shown in it. */
export function form({ fields, submit, text, kind = 'first', line, more }) {
  const trouble = el('div', { hidden: true });
  const send = el('button', { type: 'submit', class: kind }, text);
  const element = el('form', { class: line ? 'line' : undefined, submit: async event => {
    event.preventDefault();
    send.disabled = true;
    trouble.hidden = true;
    try { await submit(values(element), element); } catch (error) { trouble.replaceChildren(fault(error)); trouble.hidden = false; } finally { send.disabled = false; }
  } }, fields, line ? [send, more] : el('div', { class: 'row' }, send, more));
  return line ? el('div', { class: 'stack' }, element, trouble) : (element.prepend(trouble), element);
}

/** A dialog: content(close) is what is in it. Resolves with what it was closed with. */
export function dialog(title, content) {
  return new Promise(done => {
    const id = nextId();
    let result;
    const box = el('dialog', { 'aria-labelledby': id, close: () => { box.remove(); done(result); } });
    box.append(el('div', { class: 'inner' }, el('h2', { id }, title), content(value => { result = value; box.close(); })));
    document.body.append(box);
    box.showModal();
  });
}
/** Asks before something that cannot be taken back; act is done while it is open, so that a fault is seen. */
export const confirm = (title, text, action, act) => dialog(title, close => {
  const trouble = el('div', { hidden: true });
  const go = button(action, async () => {
    go.disabled = true;
    try { const result = await act(); close(result ?? true); } catch (error) { trouble.replaceChildren(fault(error)); trouble.hidden = false; go.disabled = false; }
  }, { kind: 'first danger' });
  return [el('p', {}, text), trouble, el('div', { class: 'buttons' }, button('Cancel', () => close()), go)];
});

const toasts = el('div', { class: 'toasts', role: 'status' });
/** Says that something was done, and offers to undo it. */
export function toast(text, undo) {
  if (!toasts.isConnected) document.body.append(toasts);
  const one = el('div', { class: 'toast' }, el('span', {}, text), undo && button('Undo', async () => { one.remove(); try { await undo(); } catch (error) { failed(error); } }), button('Close', () => one.remove()));
  toasts.append(one);
  setTimeout(() => one.remove(), undo ? 12_000 : 6_000);
}
export const failed = error => toast([error.message, ...Object.entries(error.details ?? {}).map(([name, faults]) => `${name} ${[].concat(faults).join('; ')}`)].join(': '));
/** Does something at a click, and says what came of it. */
export const doing = act => async event => {
  const pressed = event.currentTarget;
  pressed.disabled = true;
  try { await act(event); } catch (error) { failed(error); } finally { pressed.disabled = false; }
};
export const copyButton = (text, label = 'Copy') => button([icon('copy'), label], async event => {
  try { await navigator.clipboard.writeText(typeof text === 'function' ? text() : text); toast('Copied.'); } catch { toast('The browser did not allow copying: select the text.'); }
}, { kind: 'small' });
/** Something that is shown once. */
export const secret = text => el('div', { class: 'secret' }, el('code', {}, text), copyButton(text));

/** Rows page after page: load(after) answers {rows, next}. The first page is live; the ones that were asked for are below it. */
export function pages(page, region, load, draw, seconds) {
  let [first, more] = [null, []];
  page.watch(region, () => load(), latest => {
    if (first && latest.next !== first.next) more = [];
    first = latest;
    const { next } = more.at(-1) ?? first;
    const further = next && button('Show more', doing(async () => { more.push(await load(next)); page.redraw(region); }), { key: 'more' });
    return draw([...first.rows, ...more.flatMap(each => each.rows)], further && el('div', { class: 'row' }, further));
  }, seconds);
}
