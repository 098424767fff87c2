// node check.mjs <folder>: one line a finding, and status 1 when there is any.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readModel } from './model.mjs';
import { rules } from './rules.mjs';
import { loadGrammar } from './syntax.mjs';

export async function readFolder(folder) {
  const root = resolve(folder);
  const parse = await loadGrammar();
  const paths = readdirSync(root, { recursive: true }).filter((path) => /\.bicep(param)?$/.test(path)).sort();
  return new Map(paths.map((path) => join(root, path)).map((path) => [path, readModel(root, path, parse(path))]));
}

export function findingsOf(models, reviewed) {
  const context = { models, reviewed, functions: reviewed.functions };
  return [...models.values()].flatMap((model) => {
    const broken = [...rules[0](model, context)];
    const found = broken.length ? broken : rules.slice(1).flatMap((rule) => [...rule(model, context)]);
    return found.map(([node, problem]) => `${model.file}:${node.startPosition.row + 1}: ${problem}`);
  });
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2];
  if (!folder) {
    console.error('usage: node check.mjs <folder>');
    process.exit(2);
  }

  const reviewed = JSON.parse(readFileSync(join(import.meta.dirname, 'reviewed.json'), 'utf8'));
  const models = await readFolder(folder);
  const findings = models.size ? findingsOf(models, reviewed) : [`${folder}: no Bicep in it`];
  findings.forEach((finding) => console.log(finding));
  console.log(`${models.size} files, ${findings.length} findings`);
  process.exit(findings.length ? 1 : 0);
}
