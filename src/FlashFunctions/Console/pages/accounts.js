// Accounts: create one, its tokens and secrets, its limits and policy, and the switch that stops everything.
import { el, put, swap } from '../dom.js';
import { api, at, has } from '../api.js';
import { country, money, share, words } from '../format.js';
import { badge, button, card, confirm, copyButton, dialog, doing, empty, field, form, heading, link, notice, pairs, secret, table, toast, when } from '../ui.js';
import { bar } from '../charts.js';

const METHODS = ['call', 'sms', 'voice', 'push', 'viber', 'rcs', 'speech'];
const RULES = [
  ['number_type', 'premium, shared-cost, satellite and such numbers', 'enforce'], ['country', 'countries that the account does not send to', 'enforce'], ['list', 'the operators’ lists', 'enforce'],
  ['messages', 'messages to one number: 5 in 10 minutes, 20 a day', 'enforce'], ['prefix_conversion', 'neighbours of whom hardly any verify', 'observe'], ['country_unverified', 'unverified sends to a country', 'observe'],
  ['ip_unverified', 'unverified sends from an address', 'observe'], ['ip_countries', 'one address, many countries', 'observe'], ['sequential', 'numbers in a row', 'observe'],
  ['wrong_codes', 'many wrong codes', 'observe; an address: enforce'], ['device', 'one device, many numbers', 'observe'], ['upstream', 'the provider’s own fraud check', 'off'],
];
const state = account => badge(account.active ? 'Active' : 'Inactive', account.active ? 'good' : 'warn');
const list = text => (text ?? '').split(/[\s,;]+/).filter(Boolean);
const cap = fields => fields.capAmount ? { amount: Number(fields.capAmount), currency: (fields.capCurrency ?? 'EUR').toUpperCase() } : null;

export default function (view, page) {
  if (page.parts[0]) one(view, page, page.parts[0]);
  else all(view, page);
}

function all(view, page) {
  const region = el('div', {});
  put(view, heading('Accounts', 'Each backend that calls the service is one, with tokens, limits and callback secrets of its own.', button('New account', () => create(page), { kind: 'first' })), card('', region));
  page.watch(region, signal => api.get('accounts', {}, signal), ({ accounts }) => accounts.length === 0
    ? empty('No account yet', 'Create one for the first backend, then a token for it.', button('New account', () => create(page)))
    : table({
      caption: 'Accounts', rows: accounts, opens: account => `accounts/${encodeURIComponent(account.id)}`, columns: [
        { name: 'Account', cell: account => [link(`accounts/${encodeURIComponent(account.id)}`, account.name), account.name !== account.id && el('div', { class: 'dim small mono' }, account.id)] },
        { name: 'State', cell: state },
        { name: 'Tokens', right: true, cell: account => account.tokens },
        { name: 'Calls a second', right: true, cell: account => account.ratePerSecond },
        { name: 'Daily cap', right: true, cell: account => account.dailyCap ? money(account.dailyCap) : 'none' },
        { name: 'Sends to', cell: account => { const places = [...new Set(Object.values(account.fraud?.countries ?? {}).flat())]; return places.length > 0 ? places.join(', ') : 'every country'; } },
        { name: 'Created', keep: true, cell: account => when(account.createdAt) },
      ],
    }), 30);
}

async function create(page) {
  const made = await dialog('New account', close => form({
    text: 'Create', more: button('Cancel', () => close()), fields: [
      field('Id', { name: 'id', required: true, hint: 'Lower-case letters, digits and hyphens. It cannot be changed later.' }),
      field('Name', { name: 'name', hint: 'For people; the id if left out.' }),
      field('Countries it sends to', { name: 'countries', placeholder: 'EE, LV, FI', hint: 'Two letters each, for calls and messages. Left empty, every country is allowed, which is what pumping lives on.' }),
      el('div', { class: 'two' }, field('Daily cap', { name: 'capAmount', inputmode: 'decimal', hint: 'Empty: none.' }), field('Currency', { name: 'capCurrency', value: 'EUR', maxlength: 3 })),
    ], submit: async fields => {
      const places = list(fields.countries).map(each => each.toUpperCase());
      close(await api.post('accounts', {
        id: fields.id, name: fields.name, dailyCap: cap(fields) ?? undefined,
        fraud: places.length > 0 ? { countries: Object.fromEntries(METHODS.map(method => [method, places])) } : undefined,
      }));
    },
  }));
  if (!made) return;
  await dialog('Account created', close => [
    made.newCallbackSecret && el('div', { class: 'field' }, el('strong', {}, 'Callback secret'), secret(made.newCallbackSecret), el('span', { class: 'hint' }, 'Callbacks to this account are signed with it. It is not shown again.')),
    el('p', { class: 'dim' }, 'A backend needs a token to call the service: make one on the account’s page.'),
    el('div', { class: 'buttons' }, button('Open the account', () => close(), { kind: 'first' }))]);
  page.go(`accounts/${encodeURIComponent(made.id)}`);
}

function one(view, page, id) {
  const [top, facts, tokens] = [el('div', {}, heading(id)), el('div', { class: 'stack' }), el('div', {})];
  put(view, el('p', { class: 'crumbs' }, link('accounts', '← Accounts')), top, el('div', { class: 'stack' }, facts,
    card('Tokens', tokens, { lead: 'What the backend authenticates with: Basic base64(keyId:secret).', actions: [button('New token', () => newToken(page, id), { kind: 'small' })] }),
  has('POST /manage/accounts/{id}/verify') && card('Try it', tryIt(id), { lead: 'Starts a verification as if a token of the account had asked for it: it rings, and counts.' }),
  el('div', { class: 'row' }, button('Delete this account', () => remove(page, id), { kind: 'quiet danger' }))));
  page.watch(facts, signal => api.get(at`accounts/${id}`, {}, signal), account => {
    swap(top, heading(account.name, '', account.active
      ? button('Deactivate', doing(() => change(page, id, { active: false }, 'Deactivated: every call is refused.', { active: true })), { key: 'active' })
      : button('Activate', doing(() => change(page, id, { active: true }, 'Activated.', { active: false })), { key: 'active', kind: 'first' }),
      button('Stop everything', () => stop(page, id), { kind: 'danger', key: 'stop' })));
    const spent = account.spentToday;
    return [
      !account.active && notice('warn', 'Inactive: every call of this account is refused. What it had accepted before is not sent any more.'),
      el('div', { class: 'two' },
        card('Account', pairs([
          ['Id', el('code', {}, account.id)], ['State', state(account)], ['Created', account.createdAt && when(account.createdAt)], ['Last stopped', account.stoppedAt && when(account.stoppedAt)],
          ['Calls a second', account.ratePerSecond], ['Senders', account.senders.join(', ') || 'any'],
          ['Workflow', account.workflow.map(step => [step.method, step.provider && `by ${step.provider}`, step.wait && `${step.wait} s`].filter(Boolean).join(' ')).join(' → ') || 'none of its own'],
          ['Inbound numbers', account.numbers.join(', ')], ['Inbound SMS go to', account.inboundSmsAddress],
        ]), { actions: [button('Change', () => edit(page, account), { kind: 'small', key: 'edit' })] }),
        el('div', { class: 'stack' },
          card('Spend today', account.dailyCap
            ? [el('p', { class: 'row' }, el('strong', { class: 'num' }, spent ? money(spent) : money({ amount: 0, currency: account.dailyCap.currency })), el('span', { class: 'dim' }, `of ${money(account.dailyCap)}`)),
              bar(spent?.amount ?? 0, account.dailyCap.amount, { tone: (spent?.amount ?? 0) >= 0.9 * account.dailyCap.amount ? 'bad' : '', tip: share((spent?.amount ?? 0) / account.dailyCap.amount, 1) })]
            : el('p', { class: 'dim' }, 'No daily cap: it may spend as much as it likes. Set one under “Change”.')),
          card('Callback secrets', el('div', { class: 'stack' }, el('p', {}, account.callbackSecrets === 2 ? 'Two are live: callbacks are signed with both. Retire the old one once the backend knows the new one.' : account.callbackSecrets === 1 ? 'One is live.' : 'There is none: make one, or callbacks cannot be verified.'),
            el('div', { class: 'row' }, button('Rotate', () => rotate(page, id, false), { kind: 'small', key: 'rotate' }), account.callbackSecrets === 2 && button('Retire the old one', () => retire(page, id), { kind: 'small', key: 'retire' }),
              button('It has leaked', () => rotate(page, id, true), { kind: 'small danger', key: 'leaked' })))))),
      policy(page, account),
    ];
  }, 30);
  page.watch(tokens, signal => api.get(at`accounts/${id}/tokens`, {}, signal), ({ tokens: rows }) => rows.length === 0
    ? empty('No token', 'Without one nobody can call the service in this account’s name.', button('New token', () => newToken(page, id)))
    : table({
      caption: 'Tokens', rows, columns: [
        { name: 'Key id', cell: token => el('code', {}, token.keyId) }, { name: 'For', cell: token => token.label || '–' },
        { name: 'State', cell: token => [badge(token.active ? 'Active' : 'Revoked', token.active ? 'good' : 'warn'), token.trusted && [' ', badge('may say trusted')]] }, { name: 'Created', keep: true, cell: token => when(token.createdAt) },
        { name: 'Actions', acts: true, cell: token => [token.active
          ? button('Revoke', doing(() => setToken(page, id, token.keyId, 'revoke')), { kind: 'quiet danger', key: `revoke ${token.keyId}`, 'aria-label': `Revoke ${token.keyId}` })
          : button('Activate', doing(() => setToken(page, id, token.keyId, 'activate')), { kind: 'quiet', key: `activate ${token.keyId}`, 'aria-label': `Activate ${token.keyId}` }),
        button('Delete', async () => { if (await confirm('Delete the token?', `A backend that still uses ${token.keyId} is refused within a minute. It cannot be brought back.`, 'Delete', () => api.delete(at`accounts/${id}/tokens/${token.keyId}`))) { toast('Deleted.'); page.refresh(); } }, { kind: 'quiet danger', key: `delete ${token.keyId}`, 'aria-label': `Delete ${token.keyId}` })] },
      ],
    }), 30);
}

async function change(page, id, changes, said, undo) {
  await api.patch(at`accounts/${id}`, changes);
  toast(said, undo && (async () => { await api.patch(at`accounts/${id}`, undo); page.refresh(); }));
  await page.refresh();
}
async function setToken(page, id, keyId, what) {
  await api.post(at`accounts/${id}/tokens/${keyId}/${what}`);
  toast(what === 'revoke' ? `${keyId} is revoked.` : `${keyId} is active.`, async () => { await api.post(at`accounts/${id}/tokens/${keyId}/${what === 'revoke' ? 'activate' : 'revoke'}`); page.refresh(); });
  await page.refresh();
}

async function newToken(page, id) {
  const made = await dialog('New token', close => form({
    text: 'Create', more: button('Cancel', () => close()), fields: [
      field('What it is for', { name: 'label', placeholder: 'checkout backend', maxlength: 100 }),
      field('It may say that a call is trusted', { name: 'trusted', kind: 'checkbox', hint: 'For a backend that knows the device or session from an earlier verification: such calls have limits of their own.' })],
    submit: async ({ label, trusted }) => close(await api.post(at`accounts/${id}/tokens`, { label, trusted })),
  }));
  if (!made) return;
  const credentials = `${made.keyId}:${made.secret}`;
  await dialog('Token created', close => [
    el('div', { class: 'field' }, el('strong', {}, 'Key id and secret'), secret(credentials), el('span', { class: 'hint' }, 'Copy it now: the secret is stored as a hash and never shown again.')),
    el('div', { class: 'buttons' }, copyButton(credentials), button('Done', () => close(), { kind: 'first' }))]);
  page.refresh();
}

async function rotate(page, id, atOnce) {
  const made = await confirm(atOnce ? 'Replace a leaked secret?' : 'Make a new secret?', atOnce
    ? 'The secrets before are dead at once: callbacks fail verification at the backend until it has the new one.'
    : 'Callbacks are signed with the new and the present secret until the old one is retired.', atOnce ? 'Replace now' : 'Rotate', () => api.post(at`accounts/${id}/secrets/rotate`, atOnce ? { atOnce: true } : {}));
  if (!made) return;
  page.refresh();
  await dialog('The new callback secret', close => [secret(made.newCallbackSecret), el('p', { class: 'dim' }, 'It is not shown again.'), el('div', { class: 'buttons' }, button('Done', () => close(), { kind: 'first' }))]);
}
async function retire(page, id) {
  if (await confirm('Retire the old secret?', 'Callbacks are signed with the newest one alone. A backend that knows only the old one refuses them.', 'Retire', () => api.post(at`accounts/${id}/secrets/retire`))) { toast('Retired.'); page.refresh(); }
}
async function stop(page, id) {
  const result = await confirm('Stop everything of this account?', 'Open verifications are canceled, calls and messages undelivered. Nothing asked for before is sent any more. New calls are still accepted: deactivate the account to stop those too.', 'Stop everything', () => api.post(at`accounts/${id}/stop`));
  if (!result) return;
  const { verifications, calls, messages } = result.stopped;
  toast(`Stopped: ${verifications} verifications, ${calls} calls, ${messages} messages.`);
  page.refresh();
}
async function remove(page, id) {
  if (await confirm('Delete the account?', `${id} and its tokens are deleted; its requests stay until they are past retention.`, 'Delete', () => api.delete(at`accounts/${id}`))) { toast('Deleted.'); page.go('accounts'); }
}

async function edit(page, account) {
  const saved = await dialog('Change the account', close => form({
    text: 'Save', more: button('Cancel', () => close()), fields: [
      field('Name', { name: 'name', value: account.name, maxlength: 100 }),
      field('Calls a second', { name: 'ratePerSecond', kind: 'number', min: 1, max: 100000, value: account.ratePerSecond }),
      el('div', { class: 'two' }, field('Daily cap', { name: 'capAmount', inputmode: 'decimal', value: account.dailyCap?.amount, hint: 'Empty: none.' }), field('Currency', { name: 'capCurrency', maxlength: 3, value: account.dailyCap?.currency ?? 'EUR' })),
      field('Senders', { name: 'senders', value: account.senders.join(', '), hint: 'What it may send from. Empty: anything.' }),
      field('Workflow', { name: 'workflow', value: account.workflow.map(step => step.method).join(', '), placeholder: 'call, sms', hint: 'Methods in order, for verifications that name none.' })],
    submit: async fields => {
      const workflow = list(fields.workflow);
      const same = workflow.join() === account.workflow.map(step => step.method).join();
      await api.patch(at`accounts/${account.id}`, {
        name: fields.name ?? null, ratePerSecond: Number(fields.ratePerSecond), dailyCap: cap(fields), senders: list(fields.senders),
        ...(same ? {} : { workflow: workflow.length > 0 ? workflow.map(method => ({ method })) : null }),
      });
      close(true);
    },
  }));
  if (saved) { toast('Saved.'); page.refresh(); }
}

function policy(page, account) {
  const own = account.fraud ?? {};
  const places = own.countries ?? {};
  const shown = new Set(Object.values(places).map(each => [...each].sort().join()));
  const summary = Object.keys(places).length === 0 ? notice('warn', 'It may send to every country. An allow list is the cheapest protection there is.')
    : shown.size === 1 && Object.keys(places).length === METHODS.length ? el('p', {}, 'Sends to ', Object.values(places)[0].map(country).join(', '), '.')
      : pairs(Object.entries(places).map(([method, codes]) => [method, codes.map(country).join(', ') || 'nowhere']));
  const changed = RULES.filter(([name]) => own[name]);
  const rules = rows => table({ caption: 'Rules of the fraud guard', rows, columns: [
      { name: 'Rule', cell: ([name, what]) => [words(name), el('div', { class: 'dim small' }, what)] },
      { name: 'Mode', cell: ([name, , usual]) => own[name]?.mode ? badge(own[name].mode, own[name].mode === 'enforce' ? 'accent' : '') : el('span', { class: 'dim' }, `${usual} (default)`) },
      { name: 'Action', cell: ([name]) => own[name]?.action === 'callOnly' ? 'calls alone' : own[name]?.action ?? el('span', { class: 'dim' }, 'refuse (default)') },
      { name: 'Limit', right: true, cell: ([name]) => own[name]?.limit ?? el('span', { class: 'dim' }, 'default') },
    ], });
  return card('Fraud policy', el('div', { class: 'stack' }, summary, changed.length > 0 && rules(changed), el('details', { 'data-key': 'rules' }, el('summary', {}, `All ${RULES.length} rules`), rules(RULES))), { lead: 'What is observed is decided and listed, and blocks nothing: see under Fraud what enforcing would cost, then enforce.', actions: [button('Change', () => editPolicy(page, account), { kind: 'small', key: 'policy' })] });
}
async function editPolicy(page, account) {
  const before = account.fraud ?? null;
  const own = before ?? {};
  const saved = await dialog('Fraud policy', close => form({
    text: 'Save', more: button('Cancel', () => close()), fields: [
      METHODS.map(method => field(`Countries for ${method}`, { name: `to ${method}`, value: (own.countries?.[method] ?? []).join(', '), placeholder: 'every country' })),
      RULES.map(([name, what, usual]) => el('fieldset', {}, el('legend', {}, el('strong', {}, words(name)), el('span', { class: 'dim small' }, ` ${what}`)), el('div', { class: 'two' },
        field('Mode', { name: `mode ${name}`, value: own[name]?.mode ?? '', options: [['', `default (${usual})`], 'off', 'observe', 'enforce'] }),
        field('Action', { name: `action ${name}`, value: own[name]?.action ?? '', options: [['', 'default (refuse)'], 'refuse', ['callOnly', 'calls alone']] }),
        field('Limit', { name: `limit ${name}`, kind: 'number', min: 1, value: own[name]?.limit, placeholder: 'default' }))))],
    submit: async fields => {
      const next = {};
      for (const [name] of RULES) {
        const rule = { ...own[name], mode: fields[`mode ${name}`], action: fields[`action ${name}`], limit: fields[`limit ${name}`] && Number(fields[`limit ${name}`]) };
        const kept = Object.entries(rule).filter(([, value]) => value !== undefined);
        if (kept.length > 0) next[name] = Object.fromEntries(kept);
      }
      const countries = Object.fromEntries(METHODS.map(method => [method, list(fields[`to ${method}`]).map(each => each.toUpperCase())]).filter(([, codes]) => codes.length > 0));
      if (Object.keys(countries).length > 0) next.countries = countries;
      await api.patch(at`accounts/${account.id}`, { fraud: next });
      close(true);
    },
  }));
  if (!saved) return;
  toast('The policy is saved.', async () => { await api.patch(at`accounts/${account.id}`, { fraud: before }); page.refresh(); });
  page.refresh();
}

function tryIt(id) {
  const answer = el('div', { role: 'status' });
  return el('div', { class: 'stack' }, form({
    line: true, text: 'Verify', fields: [field('Number', { name: 'number', kind: 'tel', required: true, placeholder: '+37255512345', wide: true }), field('Method', { name: 'method', options: ['call', 'sms', 'voice'], value: 'call' })],
    submit: async fields => {
      swap(answer);
      const made = await api.post(at`accounts/${id}/verify`, fields);
      swap(answer, notice('good', 'Accepted as ', link(`requests/${made.requestId}`, el('code', {}, made.requestId)), `. ${made.hint ?? ''}`));
    },
  }), answer);
}
