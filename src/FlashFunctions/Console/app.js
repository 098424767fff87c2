// The shell: asks for the key, shows the pages that this app has data for, and keeps the open one up to date.
import { el, icon, swap } from './dom.js';
import { ApiError, api, has, key, offeredKey } from './api.js';
import { time } from './format.js';
import { fault, field, form } from './ui.js';

// needs: the page is shown where this app has one of these operations, or features that its host adds.
const sections = [
  ['', [
    { id: 'rehearse', title: 'Rehearse', needs: ['rehearse'] },
    { id: 'overview', title: 'Overview', needs: ['GET /manage/overview'] },
    { id: 'requests', title: 'Requests', needs: ['GET /manage/requests', 'GET /manage/requests/{id}'] },
    { id: 'routes', title: 'Routes', needs: ['GET /manage/routes', 'GET /manage/conversion'] },
    { id: 'fraud', title: 'Fraud', needs: ['GET /manage/fraud/lists/{list}'] },
    { id: 'money', title: 'Money', needs: ['GET /manage/conversion'] },
  ]],
  ['Run', [
    { id: 'accounts', title: 'Accounts', needs: ['GET /manage/accounts'] },
    { id: 'callbacks', title: 'Callbacks', needs: ['GET /manage/dead-letters'] },
    { id: 'numbers', title: 'Test numbers', needs: ['GET /manage/test-numbers'] },
    { id: 'health', title: 'Health', needs: ['GET /manage/health'] },
  ]],
].map(([name, pages]) => [name, pages.filter(page => page.needs.some(has))]).filter(([, pages]) => pages.length > 0);
const all = sections.flatMap(([, pages]) => pages);
const OFTEN = 15;

let open = null;      // the page that is open: {watches, abort}
let paused = false;
const [dot, asOf] = [el('span', { class: 'dot' }), el('span', { id: 'asof' })];
const pause = el('button', { type: 'button', class: 'quiet', 'aria-pressed': 'false', click: () => { paused = !paused; if (!paused) refresh(); showStatus(); } }, 'Pause');
// Made once, so that no click and no focus is lost while something arrives.
const status = el('div', { class: 'status', role: 'group', 'aria-label': 'Up to date' }, dot, asOf, pause, el('button', { type: 'button', class: 'quiet', click: () => refresh() }, 'Refresh'));

// ---- live
const age = watch => Math.max(0, Date.now() - watch.at);
async function load(watch) {
  clearTimeout(watch.timer);
  const { signal } = watch.page.abort;
  try {
    const data = await watch.load(signal);
    if (signal.aborted) return;
    const text = JSON.stringify(data);
    if (text !== watch.text) {
      swap(watch.region, watch.draw(data));
      watch.text = text;
      watch.data = data;
    }
    watch.at = Date.now();
    watch.error = null;
  } catch (error) {
    if (signal.aborted) return;
    watch.error = error;
    if (watch.at === undefined) swap(watch.region, fault(error));
  } finally {
    if (!signal.aborted) {
      watch.region.removeAttribute('aria-busy');
      if (!paused && watch.seconds) watch.timer = setTimeout(() => { if (!document.hidden && !paused) load(watch); }, watch.seconds * 1000);
      showStatus();
    }
  }
}
function showStatus() {
  const watches = open?.watches ?? [];
  status.hidden = watches.length === 0;
  const known = watches.filter(watch => watch.at !== undefined);
  const failing = watches.find(watch => watch.error);
  status.dataset.state = failing ? 'late' : paused ? 'paused' : 'live';
  const oldest = known.length > 0 ? `as of ${time(Math.min(...known.map(watch => watch.at)))}` : 'no data yet';
  asOf.textContent = failing ? `${oldest} · ${failing.error.message}` : paused ? `${oldest} · paused` : oldest;
  pause.setAttribute('aria-pressed', String(paused));
}
const refresh = () => Promise.all((open?.watches ?? []).map(load));
addEventListener('visibilitychange', () => { if (!document.hidden && !paused) (open?.watches ?? []).filter(watch => watch.seconds && age(watch) > watch.seconds * 1000).forEach(load); });

/** What a page works with. */
function pageOf(parts, parameters) {
  const page = { parts, parameters, watches: [], abort: new AbortController(), refresh };
  /** Keeps a region up to date: load(signal) asks, draw(data) shows; every so many seconds, 0: only when asked. */
  page.watch = (region, ask, draw, seconds = OFTEN) => {
    const watch = { page, region, load: ask, draw, seconds };
    region.setAttribute('aria-busy', 'true');
    page.watches.push(watch);
    swap(region, el('p', { class: 'wait' }, 'Loading…'));
    return load(watch);
  };
  /** Draws a region again from what it last got. */
  page.redraw = region => { const watch = page.watches.find(each => each.region === region); if (watch?.data !== undefined) swap(region, watch.draw(watch.data)); };
  /** Other parameters of the same page, as an address that can be kept. */
  page.go = (to, query) => { const text = new URLSearchParams(Object.entries(query ?? {}).filter(([, value]) => value)).toString(); location.hash = `#/${to}${text ? `?${text}` : ''}`; };
  return page;
}

// ---- shell
const view = el('div', { class: 'view' });
const main = el('main', { id: 'main', tabindex: -1 }, status, view);
const side = el('aside', { class: 'side', 'aria-label': 'Console' });
const shell = el('div', { class: 'shell' }, side, main);
const mark = () => document.querySelector('link[rel="icon"]').getAttribute('href');
const menu = el('button', { type: 'button', class: 'menu', 'aria-expanded': 'false', 'aria-controls': 'pages', click: () => openMenu(!side.classList.contains('open')) }, icon('menu'), 'Menu');
function openMenu(on) {
  side.classList.toggle('open', on);
  menu.setAttribute('aria-expanded', String(on));
}

function drawSide(current) {
  swap(side, el('a', { class: 'brand', href: `#/${all[0]?.id ?? ''}` }, el('img', { src: mark(), alt: '' }), 'FlashFunctions'), menu,
    el('nav', { id: 'pages', 'aria-label': 'Pages' }, sections.map(([name, pages]) => [name && el('h2', {}, name), el('ul', {}, pages.map(page =>
      el('li', {}, el('a', { href: `#/${page.id}`, 'data-key': page.id, 'aria-current': page.id === current ? 'page' : undefined }, icon(page.id), page.title))))])),
    el('div', { class: 'foot' }, el('a', { href: 'docs' }, icon('docs'), 'API reference'), el('button', { type: 'button', click: () => { key.forget(); ask(); } }, icon('key'), 'Forget the key')));
}

async function route() {
  if (!key.get() && offeredKey && location.hash.startsWith('#/rehearse')) key.set(offeredKey);
  if (!key.get()) return ask();
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').filter(Boolean).map(part => { try { return decodeURIComponent(part); } catch { return part; } });
  const chosen = all.find(page => page.id === parts[0]) ?? all[0];
  leave();
  const page = open = pageOf(parts.slice(1), Object.fromEntries(new URLSearchParams(query)));
  if (!shell.isConnected) swap(document.body, el('a', { class: 'skip', href: '#main', click: event => { event.preventDefault(); main.focus(); } }, 'Skip to the content'), shell);
  openMenu(false);
  drawSide(chosen.id);
  document.title = `${chosen.title} · FlashFunctions`;
  try {
    const module = await import(`./pages/${chosen.id}.js`);
    if (page.abort.signal.aborted) return;
    const content = el('div', {});
    module.default(content, page);
    view.replaceChildren(content);
    view.dataset.shows = path;
  } catch (error) {
    view.replaceChildren(fault(error));
  }
  showStatus();
  scrollTo(0, 0);
  if (navigated) view.querySelector('h1')?.focus({ preventScroll: true });
}
let navigated = false;
function leave() {
  open?.abort.abort();
  open?.watches.forEach(watch => clearTimeout(watch.timer));
  open = null;
}

/** Asks for the key; after a refusal it says so. */
function ask(refused) {
  leave();
  document.querySelectorAll('dialog').forEach(box => box.close());
  document.title = 'FlashFunctions console';
  const trouble = el('div', {}, refused && fault(refused));
  const entry = field('Function key', { name: 'key', kind: 'password', required: true, autocomplete: 'off' });
  const content = form({ fields: [trouble, entry], text: 'Open the console', submit: async ({ key: shown }) => {
    const error = await api.try(shown ?? '');
    if (error) {
      swap(trouble);
      throw error.status === 401 ? refusal() : error;
    }
    key.set(shown);
    await route();
  } });
  swap(document.body, el('main', { class: 'door' }, el('div', { class: 'card' }, el('img', { src: mark(), alt: '' }), el('h1', {}, 'FlashFunctions console'), content,
    el('p', { class: 'small dim' }, 'A function or host key of the app: in Azure under App keys; with ./run it is printed at the start. It is kept in this tab until the tab is closed, and sent to this app alone.'))));
  entry.querySelector('input').focus();
}
const refusal = () => new ApiError(401, { errorReason: 'The app refused this key (401). Enter another one.' });

addEventListener('keyrefused', () => { if (!key.get()) return; key.forget(); ask(refusal()); });
addEventListener('hashchange', () => { navigated = true; route(); });
route();
