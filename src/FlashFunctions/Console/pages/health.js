// Whether the store, the timer and the providers work.
import { el, put } from '../dom.js';
import { api } from '../api.js';
import { country, span, words } from '../format.js';
import { badge, card, empty, heading, notice, stat, table } from '../ui.js';

const LATE = 180;   // seconds: the timer runs every minute
const WAITS = 30;   // seconds: a job that waits takes less than one where all is well
const JOBS = { 'flash-dispatch': 'steps to send', 'flash-reports': 'outcomes for providers', 'flash-callbacks': 'callbacks to accounts' };

export default function (view, page) {
  const region = el('div', { class: 'stack' });
  put(view, heading('Health', 'The store, the timer and the providers, as one instance of the app sees them.'), region);
  page.watch(region, signal => api.get('health', {}, signal), health => {
    const lag = health.sweepLagSeconds;
    const providers = Object.entries(health.providers);
    const ages = Object.entries(health.queueAgeSeconds ?? {});
    const [queue, oldest] = ages.reduce((most, age) => age[1] > most[1] ? age : most, ['', 0]);
    const trouble = [
      health.storage !== 'ok' && 'The store does not answer. Calls get 503 until it does; look at the storage account.',
      lag > LATE && `The timer has not run for ${span(lag * 1000)}: expired verifications are not ended. Look at the function Sweep.`,
      oldest > WAITS && `A job of ${queue} has been waiting for ${span(oldest * 1000)}: no instance has taken it. Look at the functions that read the queue.`,
      ...Object.entries(health.openCircuits ?? {}).map(([name, where]) => `${name} keeps failing for ${where.map(country).join(', ')} and is passed over there. It is tried again by itself.`),
      ...Object.entries(health.shortCodes ?? {}).map(([name, digits]) => `${name} calls from too few numbers: a code has ${digits} digits there, so verifications pass it over. Set CallerNumbers or AssumedTails.`),
    ].filter(Boolean);
    return [
      trouble.length === 0 ? notice('good', 'Everything works.') : trouble.map(text => notice('warn', text)),
      el('div', { class: 'stats' },
        stat('Store', health.storage === 'ok' ? 'Answers' : 'Does not answer', undefined, health.storage === 'ok' ? '' : 'bad'),
        stat('Timer behind', lag === undefined ? 'Not yet run' : span(lag * 1000), 'up to two minutes is usual', lag > LATE ? 'warn' : ''),
        stat('Longest wait in a queue', ages.length === 0 ? 'Not known' : oldest === 0 ? 'None' : span(oldest * 1000), ages.length > 0 && oldest === 0 ? 'nothing is overdue' : queue, oldest > WAITS ? 'warn' : ''),
        stat('Providers in use', `${providers.filter(([, state]) => state === 'ok').length} of ${providers.length}`, 'for every country')),
      card('Providers', providers.length === 0
        ? empty('No provider is configured', 'Set the credentials of one, such as Providers__Unibell__ApiKey, and start the app again.')
        : table({
          caption: 'Providers', rows: providers, columns: [
            { name: 'Provider', cell: ([name]) => el('strong', {}, name) },
            { name: 'State', cell: ([, state]) => badge(state === 'ok' ? 'In use' : words(state), state === 'ok' ? 'good' : 'warn') },
            { name: 'Passed over for', cell: ([name]) => (health.openCircuits?.[name] ?? []).map(country).join(', ') || 'no country' },
            { name: 'Digits of a code', cell: ([name]) => health.shortCodes?.[name] ?? '4 to 6' },
          ],
        })),
      ages.length > 0 && card('Queues', table({
        caption: 'Queues', rows: ages, columns: [{ name: 'Queue', cell: ([name]) => el('strong', {}, name) }, { name: 'Of', cell: ([name]) => JOBS[name] ?? '–' }, { name: 'Overdue', right: true, cell: ([, age]) => age === 0 ? 'nothing' : badge(span(age * 1000), age > WAITS ? 'warn' : '') }],
      })),
    ];
  }, 10);
}
