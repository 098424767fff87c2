// Elements are built here and nowhere else. Text becomes text nodes; an attribute that could run or load something is refused.
const SVG = 'http://www.w3.org/2000/svg';
const links = /^(#|console\/|docs$|openapi\.json$)/;

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (name.startsWith('on') || name === 'style' || name === 'srcdoc') throw new Error(`The attribute ${name} is not for text.`);
    else if ((name === 'href' || name === 'src') && !links.test(value)) throw new Error('A link leads out of the console.');
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== undefined && child !== null && child !== false));
  return element;
}

/** Puts nodes at the end of an element; what is false or missing is left out. */
export const put = (element, ...children) => build(element, null, children);
export const el = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);
export const svg = (tag, attributes, ...children) => build(document.createElementNS(SVG, tag), attributes, children);

const paths = {
  overview: 'M2 13V9m4 4V5m4 8V7m4 6V3', requests: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zm3.600-1.400L14 14', routes: 'M2 4h4c4 0 4 8 8 8M2 12h4c1.500 0 2.400-1.100 3.200-2.500M11 2l3 2-3 2m3-2h-4c-1 0-1.700.5-2.300 1.300M12 10l2 2-2 2',
  fraud: 'M8 1.500 13 3.500v4c0 3.500-2 5.800-5 7-3-1.200-5-3.500-5-7v-4zM6 8l1.500 1.500L10.500 6.500', money: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zm1.800-7.600C9.500 5.600 8.800 5.200 8 5.200c-1 0-1.800.5-1.800 1.400 0 2 3.700.8 3.700 2.800 0 .9-.8 1.400-1.900 1.400-.9 0-1.700-.4-2-1.200M8 4.200v1m0 5.600v1',
  accounts: 'M6 7.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM1.500 13.500c0-2.500 2-4 4.500-4s4.500 1.500 4.500 4M10.500 2.800a2.500 2.500 0 0 1 0 4.400M12 9.800c1.500.6 2.500 1.900 2.500 3.700', callbacks: 'M14 2 7.500 8.500M14 2l-4 12-2.500-5.500L2 6z', health: 'M1.500 8.500H4l2-5 3.500 9 2-4h3',
  numbers: 'M6 2 4.500 14M11.500 2 10 14M2.500 5.500h11.500M2 10.500h11.500', rehearse: 'M5 1.500h6a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM7 12.500h2', docs: 'M4 1.500h5.500L12.500 4.500v10H4zM9 1.500V5h3.500M6.500 8h4M6.500 11h4',
  key: 'M5.500 10.500a3 3 0 1 1 2.600-4.500H14v3h-1.500v-1.500h-2V9H8.100a3 3 0 0 1-2.600 1.500z', menu: 'M2 4h12M2 8h12M2 12h12', warning: 'M8 2 1.500 13.500h13zM8 6.500v3m0 2v.1', check: 'M3 8.500 6.500 12 13 4.500', copy: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3', info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.500V11m0-6v.1',
};
/** A picture by its name; screen readers pass it over. */
export const icon = name => svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: paths[name] }));

/** Puts new content into a region. What had the focus, was open or was scrolled stays so: by its data-key. */
export function swap(region, ...nodes) {
  const focused = region.contains(document.activeElement) ? document.activeElement.closest('[data-key]')?.dataset.key : undefined;
  const open = new Set([...region.querySelectorAll('details[data-key]')].filter(each => each.open).map(each => each.dataset.key));
  const scrolled = new Map([...region.querySelectorAll('.wrap[data-key]')].map(each => [each.dataset.key, each.scrollLeft]));
  region.replaceChildren(...nodes.flat(Infinity).filter(Boolean));
  for (const each of region.querySelectorAll('details[data-key]')) each.open ||= open.has(each.dataset.key);
  for (const each of region.querySelectorAll('.wrap[data-key]')) each.scrollLeft = scrolled.get(each.dataset.key) ?? 0;
  if (focused) [...region.querySelectorAll('[data-key]')].find(each => each.dataset.key === focused)?.focus({ preventScroll: true });
}

// Numbers on hover: any element with data-tip.
let tip;
function show(event) {
  const target = event.target.closest?.('[data-tip]');
  tip?.remove();
  tip = undefined;
  if (!target) return;
  tip = el('div', { class: 'tip', 'aria-hidden': 'true' }, target.dataset.tip);
  document.body.append(tip);
  const [at, own] = [target.getBoundingClientRect(), tip.getBoundingClientRect()];
  tip.style.left = `${Math.max(8, Math.min(innerWidth - own.width - 8, at.left + at.width / 2 - own.width / 2))}px`;
  tip.style.top = `${at.top > own.height + 12 ? at.top - own.height - 6 : at.bottom + 6}px`;
}
for (const name of ['pointerover', 'focusin', 'scroll']) addEventListener(name, show, { capture: true, passive: true });
