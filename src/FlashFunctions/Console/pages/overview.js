// Overview: how many verify now and a week ago, money against caps, and what needs somebody.
import { el, put } from '../dom.js';
import { api } from '../api.js';
import { amount, count, country, dateTime, money, share, span, words } from '../format.js';
import { bar, funnel } from '../charts.js';
import { badge, card, empty, heading, link, notice, stat, table, when } from '../ui.js';

const LATE = 180;      // seconds: the timer runs every minute
const WAITS = 30;      // seconds: a job that waits takes less than one where all is well
const SILENT = 20;     // attempts without a report

export default function (view, page) {
  const region = el('div', { class: 'stack' });
  put(view, heading('Overview', 'What was asked in the last hour against the same hour a week ago. A verification counts when it was due, five minutes after it was asked for.'), region);
  page.watch(region, signal => api.get('overview', {}, signal), draw, 15);
}

function draw({ funnel: { now, lastWeek, day }, currency, spend, storage, sweepLagSeconds: lag, queueAgeSeconds: ages, activeBlocks: blocks, openCircuits, failingReceivers: failing, deadLetters, webhooks }) {
  const open = Object.entries(openCircuits);
  const silent = Object.entries(webhooks).filter(([, of]) => of.placedSince >= SILENT);
  const dead = deadLetters.reduce((sum, letter) => sum + letter.count, 0);
  const full = spend.filter(each => each.spent.amount >= .8 * each.cap.amount);
  const fallen = lastWeek.conversion !== null && now.conversion !== null && now.placed >= 20 && now.conversion < .7 * lastWeek.conversion;
  const needs = [
    storage !== 'ok' && ['bad', 'The store does not answer: calls get 503.', 'health'],
    lag > LATE && ['bad', `The timer is ${span(lag * 1000)} behind: what has expired is not ended.`, 'health'],
    ...Object.entries(ages ?? {}).filter(([, age]) => age > WAITS).map(([queue, age]) => ['warn', `A job of the queue ${queue} has been waiting for ${span(age * 1000)}.`, 'health']),
    blocks.count > 0 && ['warn', `${count(blocks.count)} ${blocks.count === 1 ? 'block is' : 'blocks are'} in force: ${Object.entries(blocks.byRule).map(([rule, many]) => `${count(many)} by ${words(rule)}`).join(', ')}.`, 'fraud/blocks'],
    fallen && ['warn', `Conversion fell to ${share(now.conversion)} from ${share(lastWeek.conversion)} in the same hour last week.`, 'routes'],
    ...open.map(([name, where]) => ['warn', `${name} is passed over for ${where.map(country).join(', ')}: it kept failing there.`, 'health']),
    ...silent.map(([name, of]) => ['warn', `${name} took ${count(of.placedSince)} attempts and reported nothing of them. Is its callback address right?`, 'health']),
    ...full.map(each => ['warn', `${each.account} has used ${share(each.spent.amount / each.cap.amount)} of its daily cap.`, `accounts/${encodeURIComponent(each.account)}`]),
    failing.length > 0 && ['warn', `${failing.length === 1 ? `${failing[0].host} of ${failing[0].account} does` : `${failing.length === 20 ? '20 receivers or more' : count(failing.length) + ' receivers'} do`} not take callbacks, ${failing.length === 1 ? 'since' : 'the first since'} ${dateTime(failing[0].since)}.`, 'callbacks'],
    dead > 0 && ['warn', `${count(dead)} callbacks and other jobs were given up within a day.`, 'callbacks'],
  ].filter(Boolean);
  const nothing = now.asked === 0 && lastWeek.asked === 0 && day.asked === 0;
  return [
    needs.length === 0 ? notice('good', 'Nothing needs you.') : el('ul', { class: 'needs' }, needs.map(([tone, text, to]) => el('li', {}, notice(tone, text, ' ', link(to, 'Look'))))),
    nothing ? card('Conversion', empty('Nothing is counted yet', 'A verification is counted when it is due, five minutes after it was asked for. An account’s page can start one.')) : [
      el('div', { class: 'stats' }, stat('Verified of placed', share(now.conversion), `${share(lastWeek.conversion)} a week ago`, fallen ? 'bad' : ''), stat('Half verify within', seconds(now.p50), `95 of 100 within ${seconds(now.p95)}`),
        stat('Per verified number', amount(now.costPerVerified, currency), `${amount(day.costPerVerified, currency)} over the day`), stat('Spent in the hour', amount(now.cost, currency), `${amount(day.cost, currency)} over the day`)),
      card('From asked to verified', [funnel('From asked to verified', ['asked', 'placed', 'rang', 'verified'].map(name => ({ name: { asked: 'Asked', placed: 'Placed', rang: 'Rang or arrived', verified: 'Verified' }[name], value: now[name], before: lastWeek[name], note: name !== 'asked' && now.asked > 0 ? share(now[name] / now.asked) : '' })), { format: count }),
        el('p', { class: 'dim small' }, 'The last column is the same hour last week. Over the day: ', `${count(day.asked)} asked, ${count(day.verified)} verified (${share(day.conversion)}).`)])],
    el('div', { class: 'two' },
      card('Spend today', spend.length === 0 ? empty('No account has a daily cap', 'A cap is what stands between a leaked token and a bill.') : table({
        caption: 'Spend today against caps', rows: spend, columns: [{ name: 'Account', cell: each => link(`accounts/${encodeURIComponent(each.account)}`, each.account) }, { name: 'Of the cap', cell: each => [`${money(each.spent)} of ${money(each.cap)}`, bar(each.spent.amount, each.cap.amount, { tone: each.spent.amount >= each.cap.amount ? 'bad' : each.spent.amount >= .8 * each.cap.amount ? 'warn' : '', tip: share(each.spent.amount / each.cap.amount, 1) })] }],
      })),
      card('Reports of the providers', Object.keys(webhooks).length === 0 ? empty('No provider was used within a day') : table({
        caption: 'Reports of the providers', rows: Object.entries(webhooks), columns: [{ name: 'Provider', keep: true, cell: ([name]) => name }, { name: 'Last report', keep: true, cell: ([, of]) => of.lastReport ? when(of.lastReport) : 'none within a day' }, { name: 'Placed since', right: true, cell: ([, of]) => of.placedSince >= SILENT ? badge(count(of.placedSince), 'warn') : count(of.placedSince) }, { name: 'Passed over for', cell: ([name]) => (openCircuits[name] ?? []).map(country).join(', ') || 'no country' }],
      }), { lead: `The timer is ${lag === null || lag === undefined ? 'not yet seen' : `${span(lag * 1000)} behind`}.` })),
    deadLetters.length > 0 && card('Given up within a day', table({ caption: 'Given up within a day', rows: deadLetters, columns: [{ name: 'Account', cell: row => row.account || 'nobody’s' }, { name: 'What', cell: row => row.kind }, { name: 'How many', right: true, cell: row => count(row.count) }] }), { actions: [link('callbacks', 'Retry')] }),
  ];
}
const seconds = of => of === null || of === undefined ? '–' : span(of * 1000);
