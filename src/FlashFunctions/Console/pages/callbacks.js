// Callbacks and other jobs that were given up: who does not take them, and another try.
import { el, put } from '../dom.js';
import { api, at } from '../api.js';
import { count, words } from '../format.js';
import { badge, button, card, doing, empty, field, heading, link, pages, table, toast, when } from '../ui.js';

const MEANING = { callback: 'a status for the account’s backend', 'inbound-sms': 'an SMS for the account’s backend', report: 'an outcome for a provider', step: 'a step of a request', unreadable: 'a message that could not be read' };
const account = letter => letter.account ? link(`accounts/${encodeURIComponent(letter.account)}`, letter.account) : 'nobody’s';

export default function (view, page) {
  const chosen = page.parameters.account;
  const region = el('div', { class: 'stack' });
  const filter = el('form', { class: 'line', role: 'search', submit: event => { event.preventDefault(); page.go('callbacks', { account: new FormData(event.target).get('account').trim() }); } },
    field('Account', { name: 'account', value: chosen, placeholder: 'all' }), el('button', { type: 'submit' }, 'Filter'));
  const failing = el('div', {});
  put(view, heading('Callbacks', 'Who does not take what they are notified of, and what was given up after all its tries.'), el('div', { class: 'stack' }, filter, card('Receivers that fail now', failing), region));
  pages(page, failing, async after => { const { receivers, next } = await api.get('callbacks/failing', { account: chosen, after }, page.abort.signal); return { rows: receivers, next }; }, (receivers, more) => receivers.length === 0 && !more
    ? empty('No receiver fails', `${chosen ? `Everything of ${chosen}` : 'Everything'} that was sent last was taken. What is not is tried again after 5 s, 5 min, 30 min, 2, 5 and 10 h.`)
    : [table({
      caption: 'Receivers that fail now', rows: receivers, columns: [
        { name: 'Account', cell: account }, { name: 'Host', cell: row => row.host }, { name: 'Failing since', keep: true, cell: row => when(row.since) }, { name: 'Last try', keep: true, cell: row => when(row.lastTryAt) },
        { name: 'Why', cell: row => row.lastFailure }, { name: 'Tries', right: true, cell: row => `${row.tries} of 7` }, { name: 'Next try', keep: true, cell: row => row.nextTryAt ? when(row.nextTryAt) : badge('given up', 'bad') },
      ],
    }), more]);
  const load = async after => {
    const { deadLetters, next } = await api.get('dead-letters', { account: chosen, after, limit: 100 }, page.abort.signal);
    return { rows: deadLetters, next };
  };
  pages(page, region, load, (letters, more) => {
    if (letters.length === 0 && !more) return card('Dead letters', empty('No dead letters', `Nothing ${chosen ? `of ${chosen} ` : ''}was given up.`));
    return [
      card('Given up, by reason', table({
        caption: 'Given up, by reason', rows: groups(letters), columns: [
          { name: 'Account', cell: group => account(group) }, { name: 'What', cell: group => words(group.kind) }, { name: 'Why', cell: group => group.reason },
          { name: 'Given up', right: true, cell: group => count(group.letters.length) }, { name: 'Last', keep: true, cell: group => when(Math.max(...group.letters.map(letter => letter.at))) },
          { name: 'Actions', acts: true, cell: group => button('Retry all', doing(() => retry(page, group.letters)), { kind: 'quiet', key: `all ${group.name}`, 'aria-label': `Retry all of ${group.account}: ${group.reason}` }) },
        ],
      }), { lead: 'Of the letters below. Mend the receiver first, then retry: all tries begin again.' }),
      card('Dead letters', [table({
        caption: 'Dead letters', rows: letters, columns: [
          { name: 'Given up', keep: true, cell: letter => when(letter.at) }, { name: 'What', cell: letter => el('span', { 'data-tip': MEANING[letter.kind] }, badge(words(letter.kind))) }, { name: 'Account', cell: account },
          { name: 'Request', cell: letter => letter.requestId ? link(`requests/${encodeURIComponent(letter.requestId)}`, el('code', {}, `…${letter.requestId.slice(-8)}`)) : '–' }, { name: 'Why', cell: letter => letter.reason },
          { name: 'Actions', acts: true, cell: letter => button('Retry', doing(() => retry(page, [letter])), { kind: 'quiet', key: `retry ${letter.id}`, 'aria-label': `Retry ${words(letter.kind)} of ${letter.account}` }) },
        ],
      }), more]),
    ];
  });
}

function groups(letters) {
  const found = new Map();
  for (const letter of letters) {
    const name = [letter.account, letter.kind, letter.reason].join('\n');
    if (!found.has(name)) found.set(name, { name, account: letter.account, kind: letter.kind, reason: letter.reason, letters: [] });
    found.get(name).letters.push(letter);
  }
  return [...found.values()].sort((a, b) => b.letters.length - a.letters.length);
}

async function retry(page, letters) {
  for (const letter of letters) await api.post(at`dead-letters/${letter.id}/retry`);
  toast(letters.length === 1 ? 'Queued again.' : `${letters.length} are queued again.`);
  await page.refresh();
}
