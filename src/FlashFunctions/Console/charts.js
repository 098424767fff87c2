// Charts: SVG and tables. Each mark has its numbers on hover, and every chart that is not itself a table has one behind it.
import { el, svg } from './dom.js';
import { table } from './ui.js';

const stretched = (width, height, extra, ...marks) => svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true', ...extra }, marks);

/** How much of a whole, as a bar. */
export const bar = (value, whole, { tone = '', tip } = {}) => stretched(100, 8, { class: `bar ${tone}`, 'data-tip': tip },
  svg('rect', { class: 'track', width: 100, height: 8 }), svg('rect', { class: 'fill', width: whole > 0 ? Math.max(0, Math.min(100, 100 * value / whole)) : 0, height: 8 }));

/** A share with its interval: the line is from low to high, the tick is the share itself. Everything is of 0 to top. */
export const spread = (low, mid, high, { top = 1, tip } = {}) => {
  const x = value => 100 * Math.max(0, Math.min(1, value / top));
  return stretched(100, 14, { class: 'spread', 'data-tip': tip }, svg('line', { class: 'track', x1: 0, x2: 100, y1: 7, y2: 7 }),
    svg('rect', { class: 'fill', x: x(low), width: Math.max(.8, x(high) - x(low)), y: 4, height: 6 }), svg('rect', { class: 'tick', x: Math.min(99, Math.max(0, x(mid) - .5)), width: 1, y: 1, height: 12 }));
};

/** A chart and the table behind it. */
export const figure = (label, chart, behind, key = label) => el('figure', { 'aria-label': label }, chart, el('details', { 'data-key': `table ${key}` }, el('summary', {}, 'Show as a table'), behind));

/** Columns over time. points: {name, value, tip}; format writes a value. */
export function columns(label, points, { format, top: given, tone = '' }) {
  const top = given ?? Math.max(...points.map(point => point.value), 0);
  const width = 100 / Math.max(1, points.length);
  const every = Math.max(1, Math.ceil(points.length / 8));
  return figure(label, el('div', { class: 'columns' }, el('div', { class: 'axis', 'aria-hidden': 'true' }, el('span', {}, format(top)), el('span', {}, format(0))),
    stretched(100, 40, { class: `plot ${tone}` }, points.map((point, index) => [svg('rect', { class: 'fill', x: index * width + width * .14, width: width * .72, y: top > 0 ? 40 - 40 * point.value / top : 40, height: top > 0 ? 40 * point.value / top : 0 }),
      svg('rect', { class: 'hover', x: index * width, width, y: 0, height: 40, 'data-tip': point.tip })])),
    el('div', { class: 'names', 'aria-hidden': 'true' }, points.filter((_, index) => index % every === 0).map(point => el('span', {}, point.name)))),
  table({ caption: label, fold: false, rows: points, columns: [{ name: 'When', cell: point => point.name }, { name: label, right: true, cell: point => format(point.value) }] }));
}

/** A heat map is a table whose cells are colored. cell(row, column): {value of 0 to 1, text, note, tip} or null. */
export const heat = (label, rows, names, cell, { rowName, columnName = name => name }) => el('div', { class: 'wrap', tabindex: 0, role: 'region', 'aria-label': label, 'data-key': label },
  el('table', { class: 'heat' }, el('caption', { class: 'unseen' }, label), el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, rowName), names.map(name => el('th', { scope: 'col' }, columnName(name))))),
    el('tbody', {}, rows.map(row => el('tr', {}, el('th', { scope: 'row' }, row), names.map(name => {
      const of = cell(row, name);
      return of ? el('td', { class: `h${Math.round(10 * Math.max(0, Math.min(1, of.value)))}`, 'data-tip': of.tip }, el('strong', {}, of.text), el('small', {}, of.note)) : el('td', { class: 'none' }, el('span', { class: 'unseen' }, 'nothing sent'), '·');
    }))))));

/** Steps of which each is a part of the first, now and before. steps: {name, value, before, note}. */
export function funnel(label, steps, { format }) {
  const whole = Math.max(...steps.map(step => Math.max(step.value ?? 0, step.before ?? 0)), 1);
  return el('table', { class: 'funnel' }, el('caption', { class: 'unseen' }, label), el('thead', { class: 'unseen' }, el('tr', {}, ['Step', 'Share', 'Now', 'The same hour last week'].map(name => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, steps.map(step => el('tr', {}, el('th', { scope: 'row' }, step.name), el('td', { class: 'wide' }, bar(step.value ?? 0, whole, { tip: `${step.name}: ${format(step.value)}\nthe same hour last week: ${format(step.before)}` })),
      el('td', { class: 'right' }, el('strong', {}, format(step.value)), step.note && el('span', { class: 'dim' }, ` ${step.note}`)), el('td', { class: 'right dim' }, step.before === undefined || step.before === null ? '–' : format(step.before))))));
}
