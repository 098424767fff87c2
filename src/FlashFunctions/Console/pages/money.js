// Money: what was sent cost, by provider and country and for each verified number; and the caps.
import { el, put } from '../dom.js';
import { api, at } from '../api.js';
import { amount, capital, count, country, money, share } from '../format.js';
import { bar, columns } from '../charts.js';
import { badge, card, empty, field, heading, link, notice, table } from '../ui.js';
import { HOUR, PERIODS, csvButton, facts, series, sumBy } from './routes.js';

const MOST_CAPS = 20;
const per = row => row.verified > 0 ? row.price / row.verified : null;

export default function (view, page) {
  const { hours = '24' } = page.parameters;
  const [sums, time, caps] = [el('div', { class: 'stack' }), el('div', {}), el('div', {})];
  const from = Date.now() - Number(hours) * HOUR;
  put(view, heading('Money', 'By the price table, of everything that was sent and is over. What a provider bills may differ.', csvButton(() => ({ by: `provider,method,country${hours <= 24 ? ',hour' : ''}`, from }))), el('div', { class: 'stack' },
    el('form', { class: 'line', role: 'search', submit: event => { event.preventDefault(); page.go('money', Object.fromEntries(new FormData(event.target))); } }, field('Time', { name: 'hours', value: hours, options: PERIODS }), el('button', { type: 'submit' }, 'Show')),
    sums, card('Over time', time), card('Daily caps', caps, { lead: 'What is counted today (UTC) before anything is sent.' })));
  page.watch(sums, signal => api.get('conversion', { by: 'provider,method,country', from }, signal), ({ rows, currency }) => {
    if (rows.length === 0) return card('', empty('Nothing was spent', 'Nothing that was sent in this time is over yet. A request counts when it was due.'));
    const [all] = sumBy(rows, () => '');
    const split = (title, nameOf, show = name => name) => {
      const found = sumBy(rows, nameOf).sort((a, b) => b.price - a.price);
      const dearest = Math.max(...found.map(row => row.price));
      return card(title, table({ caption: title, rows: found, columns: [{ name: capital(title.slice(3)), cell: row => show(row.name) }, { name: 'Placed', right: true, cell: row => count(row.placed) }, { name: 'Spent', right: true, cell: row => [amount(row.price, currency), bar(row.price, dearest, { tip: `${amount(row.price, currency)} of ${amount(all.price, currency)}` })] }, { name: 'Per verified', right: true, cell: row => amount(per(row), currency) }] }));
    };
    return [all.priced < all.placed && notice('warn', all.priced === 0 ? 'No price is known for what was sent: add entries to Prices in the settings.' : `A price is known for ${share(all.priced / all.placed, 1)} of what was sent; the rest counts as nothing here.`),
      facts(['Spent', amount(all.price, currency)], ['Verified numbers', count(all.verified)], ['Per verified number', amount(per(all), currency)], ['Placed', count(all.placed), `${share(all.conversion)} verified`]),
      el('div', { class: 'two' }, split('By provider', row => row.provider), split('By country', row => row.country, country)), split('By method', row => row.method)];
  }, 60);
  page.watch(time, signal => api.get('conversion', { by: 'hour', from }, signal), ({ rows, currency, from: first, to }) => rows.length === 0 ? empty('Nothing yet', 'Spend appears hour by hour.')
    : columns('Spent', series(rows, first, to, sum => sum.price, sum => `${amount(sum.price, currency)}, ${sum.placed} placed\n${amount(per(sum), currency)} per verified number`), { format: value => amount(value, currency) }), 60);
  page.watch(caps, async signal => {
    const { accounts } = await api.get('accounts', {}, signal);
    const capped = accounts.filter(account => account.dailyCap);
    return { without: accounts.filter(account => !account.dailyCap && account.active).map(account => account.id), left: Math.max(0, capped.length - MOST_CAPS), capped: await Promise.all(capped.slice(0, MOST_CAPS).map(account => api.get(at`accounts/${account.id}`, {}, signal))) };
  }, ({ capped, without, left }) => [
    capped.length === 0 ? empty('No account has a cap', 'A cap is what stands between a leaked token and a bill. Set one on an account’s page.') : table({
      caption: 'Daily caps', rows: capped, columns: [{ name: 'Account', cell: account => link(`accounts/${encodeURIComponent(account.id)}`, account.name) }, { name: 'Spent today', right: true, cell: account => money(account.spentToday ?? { amount: 0, currency: account.dailyCap.currency }) }, { name: 'Cap', right: true, cell: account => money(account.dailyCap) },
        { name: 'Used', cell: account => { const used = (account.spentToday?.amount ?? 0) / account.dailyCap.amount; return [badge(share(used), used >= 1 ? 'bad' : used >= .8 ? 'warn' : 'good'), bar(used, 1, { tone: used >= 1 ? 'bad' : used >= .8 ? 'warn' : 'good', tip: share(used, 1) })]; } }],
    }), left > 0 && el('p', { class: 'dim' }, `And ${left} more: see their pages.`), without.length > 0 && el('p', { class: 'dim small' }, 'Without a cap: ', without.slice(0, 30).map((id, index) => [index > 0 && ', ', link(`accounts/${encodeURIComponent(id)}`, id)]), '.')], 60);
}
