// A phone that rings on the page, its verification step by step, and what can go wrong on the way. Only where the simulated providers are.
import { el, icon, svg, swap } from '../dom.js';
import { ApiError, has, key } from '../api.js';
import { count, words } from '../format.js';
import { badge, button, card, doing, failed, fault, field, form, heading, link, notice, table } from '../ui.js';

const sheet = el('link', { rel: 'stylesheet', href: `console/${import.meta.url.split('/console/')[1].replace('pages/rehearse.js', 'rehearse.css')}` });
await new Promise(done => { sheet.addEventListener('load', done); sheet.addEventListener('error', done); document.head.append(sheet); });

const PATIENCE = 8_000;
const LIVE = 200;        // ms between two looks while something happens
const IDLE = 1_000;
const REVEAL = 150;      // ms from one stage that lights up to the next: the real ones are too close to each other to be seen
const SOUND = 'flashfunctions.sound';
const STAGES = { http: 'HTTP', tables: 'Tables', queue: 'Queue', provider: 'Provider', phone: 'Phone', webhook: 'Webhook', check: 'Check', report: 'Report' };
const METHODS = [['call', 'Flash call'], ['call,sms', 'Flash call, then SMS'], ['sms', 'SMS'], ['voice', 'Spoken code']];
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** 0.42 ms, 5.3 ms, 118 ms, 1.52 s */
const length = ms => ms < 1 ? `${ms.toFixed(2)} ms` : ms < 100 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
const clock = () => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(Date.now());

async function call(method, path, body, signal) {
  const limit = AbortSignal.timeout(PATIENCE);
  let response;
  try {
    response = await fetch(`rehearse/${path}`, {
      method, cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer',
      headers: { 'x-functions-key': key.get() ?? '', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0);
  }
  let read = null;
  try { read = JSON.parse(await response.text()); } catch { /* nothing, or cut off by the death of the process */ }
  if (response.status === 401) dispatchEvent(new CustomEvent('keyrefused'));
  if (!response.ok) throw new ApiError(response.status, read, Number(response.headers.get('retry-after')) || undefined);
  return read;
}

// ---- sound: two tones, as a telephone exchange makes them
const sound = {
  on: (() => { try { return localStorage.getItem(SOUND) !== 'off'; } catch { return true; } })(),
  context: null, ringing: null,
  /** Browsers let a page sound only after a person has done something on it. */
  allow() { try { this.context ??= new AudioContext(); this.context.resume(); } catch { /* there is no sound here */ } },
  tone(pitches, from, seconds, volume) {
    const gain = this.context.createGain();
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(volume, from + .02);
    gain.gain.setValueAtTime(volume, from + seconds - .05);
    gain.gain.linearRampToValueAtTime(0, from + seconds);
    gain.connect(this.context.destination);
    for (const pitch of pitches) {
      const tone = this.context.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(gain);
      tone.start(from);
      tone.stop(from + seconds);
    }
  },
  burst() {
    if (!this.on || this.context?.state !== 'running') return;
    const now = this.context.currentTime;
    this.tone([440, 480], now, .4, .05);
    this.tone([440, 480], now + .6, .4, .05);
  },
  ring(on) {
    if (on && !this.ringing) { this.burst(); this.ringing = setInterval(() => this.burst(), 2_400); }
    if (!on && this.ringing) { clearInterval(this.ringing); this.ringing = null; }
  },
  ping() { if (this.on && this.context?.state === 'running') this.tone([1175], this.context.currentTime, .16, .05); },
  set(on) { this.on = on; try { localStorage.setItem(SOUND, on ? 'on' : 'off'); } catch { /* until the page is left */ } },
};

const picture = path => svg('svg', { viewBox: '0 0 24 24' }, svg('path', { d: path }));
const handset = () => picture('M6.600 3.500 9 3l2 5-2.200 1.600a11 11 0 0 0 5.600 5.600L16 13l5 2-.5 2.400c-.3 1.600-1.700 2.600-3.300 2.400C10.500 18.900 5.100 13.500 4.200 6.800 4 5.200 5 3.800 6.600 3.500z');
const bubble = () => picture('M4 5h16v11H10l-4.500 4V16H4z');

export default function (view, page) {
  const { signal } = page.abort;
  const s = { number: '', isOwn: false, behaviour: '', run: null, phone: null, state: null, downSince: null, process: null, heard: new Set(), openedAt: Date.now() };
  signal.addEventListener('abort', () => sound.ring(false));

  // ---- the phone
  const screen = el('div', { class: 'inside' });
  const banner = el('div', { class: 'banners' });
  const now = el('span', {}, clock());
  const device = el('div', { class: 'phone', role: 'group', 'aria-label': 'Simulated phone' }, el('div', { class: 'screen' },
    el('div', { class: 'top-line', 'aria-hidden': 'true' }, now, el('span', { class: 'island' }), svg('svg', { viewBox: '0 0 34 12', class: 'signal' },
      [0, 1, 2, 3].map(i => svg('rect', { x: i * 4, y: 9 - i * 3, width: 2.6, height: 3 + i * 3, rx: .8 })), svg('rect', { class: 'hollow', x: 19.5, y: .5, width: 13, height: 11, rx: 3 }), svg('rect', { x: 21.5, y: 2.500, width: 8, height: 7, rx: 1.4 }))),
    banner, screen, el('div', { class: 'home', 'aria-hidden': 'true' })));
  const said = el('p', { class: 'unseen', role: 'status' });
  const mute = button('', () => { sound.set(!sound.on); sound.allow(); if (!sound.on) sound.ring(false); drawMute(); }, { kind: 'quiet' });
  const drawMute = () => { mute.textContent = sound.on ? 'Sound on' : 'Sound off'; mute.setAttribute('aria-pressed', String(sound.on)); };
  const caption = el('p', { class: 'caption' });
  drawMute();

  const digits = el('input', { id: 'code', class: 'typed', inputmode: 'numeric', autocomplete: 'one-time-code', spellcheck: 'false', 'aria-describedby': 'answer', input: () => { digits.value = digits.value.replace(/\D/g, ''); drawCells(); } });
  const cells = el('span', { class: 'cells', 'aria-hidden': 'true' });
  const answer = el('p', { class: 'answer', id: 'answer', role: 'alert' });
  // For a mouse or a finger: a keyboard types into the field itself.
  const pad = el('div', { class: 'pad', 'aria-hidden': 'true' }, ['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0', '⌫'].map(label => label === '' ? el('span', {})
    : el('button', { type: 'button', tabindex: -1, click: () => { digits.value = label === '⌫' ? digits.value.slice(0, -1) : (digits.value + label).slice(0, digits.maxLength); drawCells(); } }, label)));
  const send = el('button', { type: 'submit', class: 'send' }, 'Verify');
  const codeForm = el('form', { class: 'app', submit: async event => {
    event.preventDefault();
    const { run } = s;
    send.disabled = true;
    swap(answer);
    try {
      const check = await call('POST', `verifications/${encodeURIComponent(run.id)}/check`, { code: digits.value });
      if (!check.verified) { digits.value = ''; swap(answer, `That is not the code. ${check.attemptsLeft} ${check.attemptsLeft === 1 ? 'try' : 'tries'} left.`); digits.focus(); }
    } catch (error) {
      swap(answer, error.status === 0 ? 'The service does not answer. Try again in a moment.' : error.message);
    } finally {
      send.disabled = false;
      drawCells();
      wake();
    }
  } }, el('h2', {}, 'Enter the code'), el('p', { class: 'hint' }), el('label', { class: 'unseen', for: 'code' }, 'Code'), el('span', { class: 'digits' }, cells, digits), answer, send, pad);

  function drawCells() {
    const most = s.run?.codeLength ?? 4;
    digits.maxLength = most;
    swap(cells, Array.from({ length: most }, (_, i) => el('span', { class: i === Math.min(digits.value.length, most - 1) ? 'cell next' : 'cell' }, digits.value[i] ?? '')));
    send.disabled = digits.value.length < most;
  }
  async function type(code) {
    digits.value = '';
    digits.focus();
    for (const digit of code) {
      digits.value += digit;
      drawCells();
      if (!still()) await new Promise(done => setTimeout(done, 70));
    }
    send.focus();
  }

  /** What the phone got since the code was asked for, or since the page was opened: a call that curl asks for rings here too. */
  const seen = () => (s.phone?.events ?? []).filter(event => event.at >= (s.run?.createdAt ?? s.openedAt) - 5);
  /** The caller, its last digits, which are the code, marked. */
  const caller = (number, n) => [number.slice(0, -n), el('mark', {}, number.slice(-n))];
  const codeOf = event => event.kind === 'flashCall' ? event.from?.slice(-(s.run?.codeLength ?? 4)) : event.text?.match(/\d[\d ]{2,10}\d/)?.[0].replace(/ /g, '');
  function drawBanner() {
    const events = seen().filter(event => event.arrived);
    const [latest] = events;
    const rings = latest && latest.ringsUntil > Date.now() && (s.run?.result ?? 'pending') === 'pending';
    device.classList.toggle('ringing', Boolean(rings));
    sound.ring(Boolean(rings));
    for (const event of events.filter(event => !s.heard.has(event.sequence))) {
      s.heard.add(event.sequence);
      swap(said, event.kind === 'flashCall' || event.kind === 'spokenCall' ? `It rings: ${event.from ?? 'a hidden number'}.` : `A message: ${event.text ?? ''}`);
      if (event.kind !== 'flashCall' && event.kind !== 'spokenCall') sound.ping();
    }
    const shape = JSON.stringify([latest?.sequence, Boolean(rings), events.length, s.run?.result]);
    if (banner.dataset.shape === shape) return;
    banner.dataset.shape = shape;
    swap(banner, events.slice(0, 1).map(event => {
      const isCall = event.kind === 'flashCall' || event.kind === 'spokenCall';
      const isRinging = rings;
      const code = codeOf(event);
      const usable = s.run?.result === 'pending' && code;
      return el('div', { class: `banner ${isRinging ? 'now' : ''}` },
        el('span', { class: 'avatar', 'aria-hidden': 'true' }, isCall ? handset() : bubble()),
        el('div', { class: 'what' }, el('span', { class: 'kind' }, isCall ? (isRinging ? 'Incoming call' : 'Missed call') : `Message from ${event.from ?? 'unknown'}`),
          isCall ? el('strong', {}, event.from ? event.kind === 'flashCall' ? caller(event.from, s.run?.codeLength ?? 4) : event.from : 'Hidden number') : null,
          event.text && el('span', { class: 'text' }, isCall ? `says “${event.text}”` : event.text)),
        usable && el('button', { type: 'button', class: 'take', 'data-key': 'take', 'aria-label': `Enter the digits ${[...code].join(' ')}`, click: () => type(code) }, 'Enter'));
    }));
  }
  function drawScreen() {
    const { run } = s;
    const shape = run ? `${run.id} ${run.result === 'pending' ? 'pending' : run.result}` : 'idle';
    if (screen.dataset.shape === shape) return;
    screen.dataset.shape = shape;
    device.setAttribute('aria-label', `Simulated phone ${s.run?.number ?? s.number}`);
    if (!run) return swap(screen, el('div', { class: 'lock' }, el('span', { class: 'big' }, clock()), el('span', {}, 'Nobody has called yet')));
    if (run.result === 'pending') {
      digits.value = '';
      swap(answer);
      codeForm.querySelector('.hint').textContent = run.hint;
      drawCells();
      return swap(screen, codeForm);
    }
    const good = run.result === 'verified';
    swap(screen, el('div', { class: `end ${good ? 'good' : 'bad'}` }, svg('svg', { viewBox: '0 0 64 64', 'aria-hidden': 'true' }, svg('circle', { cx: 32, cy: 32, r: 30 }), svg('path', { d: good ? 'M19 33l9 9 18-20' : 'M22 22l20 20M42 22L22 42' })),
      el('strong', {}, good ? 'Number verified' : { failed: 'Too many wrong codes', expired: 'The code has expired', canceled: 'Canceled', superseded: 'A newer code was asked for', undeliverable: 'The phone could not be reached' }[run.result] ?? words(run.result)),
      el('span', {}, run.number)));
    said.textContent = good ? 'The number is verified.' : `The verification ended: ${words(run.result)}.`;
  }

  // ---- asking for a code
  const asked = el('div', {});
  const number = el('input', { id: 'number', name: 'number', type: 'tel', autocomplete: 'off', spellcheck: 'false', required: true, input: () => { s.isOwn = true; s.number = number.value.trim(); follow(); } });
  const behaviour = el('select', { id: 'behaviour', change: () => { s.behaviour = behaviour.value; s.isOwn = false; freshNumber(); explain(); } });
  const meaning = el('span', { class: 'hint' });
  const method = field('Send', { name: 'method', options: METHODS });
  let behaviours = [];
  const explain = () => { meaning.textContent = behaviours.find(each => each.name === behaviour.value)?.meaning ?? ''; };
  /** The last two digits of a number are how its phone behaves. */
  function follow() {
    const ending = Number(s.number.slice(-2));
    behaviour.value = s.behaviour = (behaviours.find(each => each.ending === ending) ?? behaviours[0])?.name ?? '';
    explain();
  }
  async function freshNumber() {
    try {
      ({ behaviours } = await call('GET', 'behaviours', undefined, signal));
      if (behaviour.options.length === 0) {
        swap(behaviour, behaviours.map(each => el('option', { value: each.name }, each.ending === undefined ? 'Ordinary' : `${words(each.name.replace(/-/g, ' '))} (…${String(each.ending).padStart(2, '0')})`)));
        s.behaviour = behaviour.value;
        explain();
      }
      if (!s.isOwn) { s.number = behaviours.find(each => each.name === s.behaviour).number; number.value = s.number; }
    } catch (error) {
      if (!signal.aborted) swap(asked, fault(error));
    }
  }
  const start = form({ line: true, text: 'Verify this number',
    fields: [
      el('div', { class: 'field' }, el('label', { for: 'behaviour' }, 'Phone'), behaviour),
      el('div', { class: 'field' }, el('label', { for: 'number' }, 'Number'), number), method],
    submit: async values => {
      sound.allow();
      const steps = values.method.split(',').map(step => ({ method: step }));
      const taken = await call('POST', 'verifications', { number: s.number, method: steps[0].method, workflow: steps });
      s.run = { id: taken.requestId, number: s.number, codeLength: taken.codeLength, hint: taken.hint, expiresAt: taken.expiresAt, createdAt: Date.now() - 3_000, result: 'pending', nextMethod: taken.nextMethod, nextAllowedAt: taken.nextAllowedAt, stages: [], events: new Map(), revealed: 0, revealedAt: 0 };
      s.run.isFirst = s.warm !== s.state?.process;
      s.warm = s.state?.process;
      s.phone = null;
      s.heard.clear();
      s.process = s.state?.process ?? s.process;
      swap(asked);
      draw();
      digits.focus({ preventScroll: true });
      if (innerWidth <= 900) device.scrollIntoView({ behavior: still() ? 'auto' : 'smooth', block: 'start' });
      wake();
      if (!s.isOwn) freshNumber();
    } });
  const acts = el('div', { class: 'row acts' });
  function drawActs() {
    const { run } = s;
    const open = run?.result === 'pending';
    const wait = open && run.nextMethod ? Math.ceil((run.nextAllowedAt - Date.now()) / 1000) : 0;
    const shape = JSON.stringify([open, run?.nextMethod, wait > 0 ? wait : 0, run?.id]);
    if (acts.dataset.shape === shape) return;
    acts.dataset.shape = shape;
    swap(acts, open && run.nextMethod && button(wait > 0 ? `Next method now (in ${wait} s)` : `Next method now: ${run.nextMethod}`, doing(async () => {
      const next = await call('POST', `verifications/${encodeURIComponent(run.id)}/next`, {});
      Object.assign(run, { nextMethod: next.nextMethod, nextAllowedAt: next.nextAllowedAt, hint: next.hint ?? run.hint });
      codeForm.querySelector('.hint').textContent = run.hint;
      wake();
    }), { kind: 'small', key: 'next', disabled: wait > 0 }),
    run && has('GET /manage/requests/{id}') && link(`requests/${run.id}`, 'As an operator sees it'),
    open && button('Cancel', doing(async () => { await call('POST', `verifications/${encodeURIComponent(run.id)}/cancel`, {}); wake(); }), { kind: 'small quiet', key: 'cancel' }));
  }

  // ---- the flow
  const stages = el('ol', { class: 'flow' });
  const figures = el('div', { class: 'figures' });
  const trouble = el('div', {});
  const log = el('details', { class: 'log', toggle: () => drawLog() }, el('summary', {}, 'Everything that happened'), el('div', {}));
  const zero = () => { const [first] = [...(s.run?.events.values() ?? [])].sort((a, b) => a.at - b.at); return first?.at; };
  const scale = ms => Math.max(3, Math.min(100, 100 * Math.log10(Math.max(ms, .1) / .05) / Math.log10(5_000 / .05)));
  const mark = state => state === 'done' ? svg('path', { d: 'M5 10.500 8.500 14 15 6.500' }) : state === 'failed' ? svg('path', { d: 'M6 6l8 8M14 6l-8 8' }) : null;
  function drawFlow() {
    const { run } = s;
    const from = zero();
    const shape = JSON.stringify([run?.revealed, run?.stages]);
    if (stages.dataset.shape !== shape) {
      stages.dataset.shape = shape;
      swap(stages, Object.entries(STAGES).map(([name, title], i) => {
        const known = run?.stages[i];
        const stage = known && i <= run.revealed ? known : { state: known && i === run.revealed + 1 && known.state !== 'waiting' ? 'running' : 'waiting', text: '' };
        return el('li', { class: stage.state, 'data-stage': name, 'data-fresh': run?.fresh === i },
          svg('svg', { class: 'node', viewBox: '0 0 20 20', role: 'img', 'aria-label': stage.state }, svg('circle', { cx: 10, cy: 10, r: 9 }), mark(stage.state)),
          el('strong', {}, title), el('span', { class: 'what' }, stage.text),
          el('span', { class: 'began num' }, stage.at !== undefined && from !== undefined ? `+${length(Math.max(0, stage.at - from))}` : ''),
          svg('svg', { class: 'span', viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, stage.took !== undefined && svg('rect', { width: scale(stage.took), height: 6, rx: 2 })),
          el('span', { class: 'took num' }, stage.took !== undefined ? length(stage.took) : ''));
      }));
    }
    const at = name => run?.stages.find(stage => stage.name === name);
    const shown = name => run && run.revealed >= Object.keys(STAGES).indexOf(name);
    const figure = (label, value) => el('div', {}, el('dt', {}, label), el('dd', { class: 'num' }, value ?? '–'));
    const [http, phone, check] = [at('http'), at('phone'), at('check')];
    swap(figures, el('dl', {},
      figure('answered after', shown('http') && http?.took !== undefined ? length(http.took) : undefined),
      figure('rang after', shown('phone') && phone?.at !== undefined && from !== undefined ? length(Math.max(0, phone.at - from)) : undefined),
      figure('code checked in', shown('check') && check?.took !== undefined ? length(check.took) : undefined)),
    run?.isFirst && shown('http') && http?.took > 50 && el('p', { class: 'small dim first' }, 'The first call after a start also compiles the code: the next one is the true one.'));
    swap(trouble, s.downSince && notice('warn', el('strong', {}, 'The process does not answer. '), `For ${((Date.now() - s.downSince) / 1000).toFixed(1)} s. What was accepted is stored, and goes on when it is back.`),
      !s.downSince && s.back && notice('good', s.back));
    drawLog();
  }
  function drawLog() {
    if (!log.open) return;
    const from = zero();
    const rows = [...(s.run?.events.values() ?? [])].sort((a, b) => a.at - b.at);
    const shape = JSON.stringify(rows.map(row => [row.id, row.took, row.text]));
    if (log.dataset.shape === shape) return;
    log.dataset.shape = shape;
    swap(log.lastElementChild, rows.length === 0 ? el('p', { class: 'dim' }, 'Nothing yet.') : table({ caption: 'Everything that happened', rows, fold: false, columns: [
      { name: 'After', right: true, keep: true, cell: row => `+${length(Math.max(0, row.at - from))}` },
      { name: 'Took', right: true, keep: true, cell: row => row.took !== undefined ? length(row.took) : '–' },
      { name: 'What', cell: row => el('span', { class: row.depth > 0 ? 'inner' : undefined }, badge(STAGES[row.stage] ?? words(row.stage)), ' ', row.text) }] }));
  }

  // ---- what can go wrong
  const troubles = el('div', {});
  const first = () => s.state?.providers[0]?.name ?? 'unibell';
  const target = () => s.target ?? first();
  const choice = (title, text, pressed, act) => el('button', { type: 'button', class: 'choice', 'data-key': title, 'aria-pressed': pressed === undefined ? undefined : String(pressed), click: doing(async () => { await act(); await look(); }) },
    el('strong', {}, title), el('span', {}, text));
  const mode = name => s.state.providers.find(provider => provider.name === name)?.mode;
  const toMode = wanted => call('PUT', `providers/${target()}`, { mode: mode(target()) === wanted ? 'up' : wanted });
  async function look() { s.state = await call('GET', 'state', undefined, signal); drawTroubles(); }
  function drawTroubles() {
    if (!s.state) return;
    const shape = JSON.stringify([s.state, target()]);
    if (troubles.dataset.shape === shape) return;
    troubles.dataset.shape = shape;
    const off = s.state.providers.filter(provider => provider.mode !== 'up');
    swap(troubles, el('div', { class: 'stack tight' },
      el('div', { class: 'row' }, el('label', { for: 'target' }, 'Provider'), el('select', { id: 'target', class: 'short', 'data-key': 'target', change: event => { s.target = event.target.value; drawTroubles(); } },
        s.state.providers.map((provider, i) => el('option', { value: provider.name, selected: provider.name === target() }, i === 0 ? `${provider.name} (tried first)` : provider.name))),
      off.map(provider => badge(`${provider.name} is ${provider.mode}`, 'warn'))),
      el('div', { class: 'choices' },
        choice('Slow provider', `${target()} rings at once and answers 1.5 s later.`, mode(target()) === 'slow', () => toMode('slow')),
        choice('Provider down', `${target()} answers 503. The next one takes the step; after some failures it is not even asked.`, mode(target()) === 'down', () => toMode('down')),
        choice('Webhook twice', 'Every report comes twice. The second one changes nothing.', s.state.webhooksTwice, () => call('PUT', 'webhooks', { twice: !s.state.webhooksTwice })),
        s.state.canKill ? choice('Kill the process', 'As kill -9 does, best while the phone rings. Another one takes over, and nothing is lost.', undefined, async () => {
          s.process = s.state.process;
          s.back = null;
          await call('POST', 'kill', {});
          s.downSince = Date.now();
          s.killedAt = Date.now();
          wake();
        }) : el('p', { class: 'choice off' }, el('strong', {}, 'Kill the process'), el('span', {}, 'Only with ./run, which starts it again.')))));
  }

  // ---- the attack
  const attack = el('div', {});
  const attackMode = field('Rules that count', { name: 'mode', options: [['observe', 'observe: record what they would refuse'], ['enforce', 'enforce: refuse']] });
  let attacking = null;
  async function lookAtAttack() {
    attacking = await call('GET', 'attack', undefined, signal);
    drawAttack();
  }
  function drawAttack() {
    const shape = JSON.stringify(attacking);
    if (attack.dataset.shape === shape) return;
    attack.dataset.shape = shape;
    const { running, asked: all, most, accepted, refused, findings } = attacking;
    const select = attackMode.querySelector('select');
    select.disabled = running;
    const part = (value, from) => all > 0 ? { x: 100 * from / all, width: 100 * value / all } : { width: 0 };
    swap(attack, el('div', { class: 'stack tight' },
      el('div', { class: 'row attack-line' }, attackMode, running
        ? button('Stop the attack', doing(async () => { attacking = await call('DELETE', 'attack'); drawAttack(); }), { key: 'attack' })
        : button('Start a pumping attack', doing(async () => { attacking = await call('POST', 'attack', { mode: select.value }); drawAttack(); wake(); }), { key: 'attack', kind: 'danger' })),
      all > 0 && [
        svg('svg', { class: 'share', viewBox: '0 0 100 8', preserveAspectRatio: 'none', role: 'img', 'aria-label': `${accepted} accepted, ${refused} refused of ${all}` }, svg('rect', { class: 'track', width: 100, height: 8 }), svg('rect', { class: 'accepted', ...part(accepted, 0), height: 8 }), svg('rect', { class: 'refused', ...part(refused, accepted), height: 8 })),
        el('p', { class: 'sum' }, el('strong', { class: 'num' }, count(all)), ` of ${count(most)} calls made: `, el('span', { class: 'paid' }, `${count(accepted)} accepted and paid for`), ', ', el('span', { class: 'saved' }, `${count(refused)} refused`), running ? '.' : '. It is over.'),
        findings.length > 0 ? table({ caption: 'What the fraud guard found', rows: findings, columns: [
          { name: 'Rule', keep: true, cell: row => el('strong', {}, words(row.reason)) },
          { name: 'Did', cell: row => badge(row.enforced ? 'refused' : 'observed', row.enforced ? 'good' : 'warn') },
          { name: 'Calls', right: true, cell: row => count(row.count) },
          { name: 'Seen, and the limit', cell: row => [el('span', {}, row.seen), row.limit && el('span', { class: 'limit' }, row.limit)] }] })
          : el('p', { class: 'dim' }, 'No rule has found anything yet.'),
        has('GET /manage/fraud/lists/{list}') && el('p', { class: 'small' }, link('fraud', 'The fraud guard, as an operator sees it'))]));
  }

  // ---- live
  let timer, busy = false;
  const wake = () => { clearTimeout(timer); timer = setTimeout(beat, 0); };
  async function beat() {
    if (signal.aborted || busy) return;
    busy = true;
    const { run } = s;
    try {
      const shown = run?.number ?? s.number;
      const [phone, flow] = await Promise.all([
        /^\+?\d{7,15}$/.test(shown) ? call('GET', `phones/${shown.replace('+', '')}`, undefined, signal) : null,
        run ? call('GET', `verifications/${encodeURIComponent(run.id)}`, undefined, signal) : null,
        attacking?.running ? lookAtAttack() : null]);
      if (s.downSince) await backAgain();
      s.phone = phone;
      if (run && flow && run === s.run) merge(run, flow);
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 0 || s.downSince) s.downSince ??= Date.now();
      else if (run && error.status !== 401) failed(error);
    } finally {
      busy = false;
    }
    if (signal.aborted) return;
    reveal();
    draw();
    const live = s.downSince || attacking?.running || (s.run && (s.run.result === 'pending' || s.run.revealed < 7));
    timer = setTimeout(beat, document.hidden ? IDLE : live ? LIVE : IDLE);
  }
  async function backAgain() {
    const before = s.process;
    await look();
    if (s.state.process === before) {
      // It had not died yet when it answered.
      if (s.killedAt && Date.now() - s.killedAt > 5_000) s.downSince = null;
      return;
    }
    const gone = s.killedAt ?? s.downSince;
    s.back = `Process ${before} was killed. Process ${s.state.process} was there ${((Date.now() - gone) / 1000).toFixed(1)} s later, and goes on.`;
    s.run?.events.set(`back-${s.state.process}`, { id: `back-${s.state.process}`, stage: 'process', at: gone, took: Date.now() - gone, text: `process ${before} is dead, ${s.state.process} takes over`, depth: 0 });
    s.process = s.state.process;
    s.downSince = s.killedAt = null;
  }
  /** What a killed process had measured stays. */
  function merge(run, flow) {
    run.stages = flow.stages.map((stage, i) => {
      const before = run.stages[i];
      return before && before.took !== undefined && stage.took === undefined && stage.state !== 'running' ? { ...stage, state: stage.state === 'waiting' ? before.state : stage.state, at: before.at, took: before.took, text: stage.state === 'waiting' ? before.text : stage.text } : stage;
    });
    for (const event of flow.events) run.events.set(event.id, event);
    Object.assign(run, { result: flow.result, expiresAt: flow.expiresAt });
    run.createdAt = zero() ?? run.createdAt;
  }
  function reveal() {
    const { run } = s;
    const go = () => run.revealed < run.stages.length - 1 && run.stages[run.revealed] && ['done', 'failed'].includes(run.stages[run.revealed].state);
    if (!run || !go()) return;
    if (still()) { while (go()) run.revealed++; return; }
    if (run.timer) return;
    run.timer = setInterval(() => {
      if (signal.aborted || !go()) { clearInterval(run.timer); run.timer = null; return; }
      run.fresh = ++run.revealed;
      if (run === s.run) drawFlow();
      run.fresh = undefined;
    }, REVEAL);
  }
  function draw() {
    now.textContent = clock();
    const all = seen();
    const calls = all.filter(event => event.kind === 'flashCall' || event.kind === 'spokenCall').length;
    const parts = [[calls, 'call'], [all.length - calls, 'message']].filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}${n > 1 ? 's' : ''}`);
    caption.textContent = [s.run?.number ?? s.number, ...parts].join(' · ');
    drawScreen();
    drawBanner();
    drawActs();
    drawFlow();
  }

  view.append(
    heading('Rehearse', 'The real service with simulated providers and phones. Nothing leaves this machine.'),
    el('div', { class: 'rehearsal' },
      el('div', { class: 'hand' }, device, el('div', { class: 'row under' }, caption, mute), said),
      el('div', { class: 'stack' },
        card('Ask for a code', [start, el('p', { class: 'small dim meaning' }, meaning), asked, acts]),
        card('What happens', [trouble, figures, stages, log], { lead: 'From the call of the API to the report to the provider, measured in the service itself. The stages light up slower than they are.' }),
        card('Make it hard', troubles, { lead: 'Switch something on, then ask for a code.' }),
        card('Pumping attack', attack, { lead: 'Ten calls a second for half a minute: sign-ups that nobody finishes, in a row of numbers, from one address and one device, messages to one number and a premium number. In an account of its own.' }))));
  page.watch(el('div', {}), async () => { await look(); return s.state.process; }, () => [], 5);
  lookAtAttack().catch(() => { /* shown by the watch */ });
  freshNumber().then(() => { s.process = s.state?.process; draw(); });
  beat();
}
