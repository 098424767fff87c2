// Test numbers: a fixed code and outcome, no call, no cost.
import { el, put } from '../dom.js';
import { api, at } from '../api.js';
import { badge, button, card, doing, empty, field, form, heading, pages, table, toast } from '../ui.js';

const OUTCOMES = { verified: 'arrives, and its code verifies', undelivered: 'never arrives', busy: 'the line is busy', answered: 'somebody or something answers', late: 'arrives late', down: 'no provider takes it', blocked: 'refused by the fraud guard' };

export default function (view, page) {
  const region = el('div', {});
  put(view, heading('Test numbers', 'For tests and for the reviewers of app stores. Such a number behaves like a real one, but nothing is called, it costs nothing and counts against no limit.'), el('div', { class: 'stack' },
    card('Add one', form({
      line: true, text: 'Add', fields: [
        field('Number', { name: 'number', kind: 'tel', required: true, placeholder: '+37255512345', wide: true }), field('Code', { name: 'code', required: true, inputmode: 'numeric', pattern: '[0-9]{4,6}', placeholder: '4 to 6 digits' }),
        field('Outcome', { name: 'outcome', value: 'verified', options: Object.keys(OUTCOMES) }), field('After seconds', { name: 'delay', kind: 'number', min: 0, max: 600, placeholder: '0' })],
      submit: async (fields, element) => {
        await api.post('test-numbers', { ...fields, delay: fields.delay === undefined ? undefined : Number(fields.delay) });
        toast(`${fields.number} is a test number: at once here, within a minute everywhere.`);
        element.reset();
        await page.refresh();
      },
    })), card('', region)));
  const load = async after => { const { testNumbers, next } = await api.get('test-numbers', { after }, page.abort.signal); return { rows: testNumbers, next }; };
  pages(page, region, load, (rows, more) => rows.length === 0 ? empty('No test number', 'Add the first one above, with a code that only your tests and reviewers know.') : [table({
    caption: 'Test numbers', rows, columns: [
      { name: 'Number', keep: true, cell: row => el('span', { class: 'num' }, row.number) }, { name: 'Code', cell: row => el('code', {}, row.code) },
      { name: 'Outcome', cell: row => [badge(row.outcome, row.outcome === 'verified' ? 'good' : ''), el('span', { class: 'dim' }, ` ${OUTCOMES[row.outcome] ?? ''}`)] }, { name: 'After', keep: true, cell: row => row.delay > 0 ? `${row.delay} s` : 'at once' },
      { name: 'Actions', acts: true, cell: row => row.configured ? el('span', { class: 'dim small', 'data-tip': 'It is in the app’s settings (TestNumbers).' }, 'from the settings')
        : button('Delete', doing(async () => {
          await api.delete(at`test-numbers/${row.number}`);
          const { number, code, outcome, delay } = row;
          toast(`${number} is an ordinary number again.`, async () => { await api.post('test-numbers', { number, code, outcome, delay }); page.refresh(); });
          await page.refresh();
        }), { kind: 'quiet danger', key: `delete ${row.number}`, 'aria-label': `Delete ${row.number}` }) },
    ],
  }), more], 30);
}
