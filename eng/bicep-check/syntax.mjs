import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

const require = createRequire(import.meta.url);

/** Loads the grammar; the function that comes back parses a file into its root node. */
export async function loadGrammar() {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));
  return (path) => parser.parse(readable(path, readFileSync(path, 'utf8'))).rootNode;
}

// The grammar knows parameters with a type only. In a parameter file they have a value alone, as variables do.
const readable = (path, text) => (path.endsWith('.bicepparam') ? text.replace(/^param (?=\w+ *=)/gm, 'var   ') : text);

export function* walk(node) {
  yield node;
  for (const child of node.children) {
    yield* walk(child);
  }
}

export const named = (node, type) => node.namedChildren.filter((child) => child.type === type);

/** The literal text of a string; null when it is anything else or has an interpolation. */
export function textOf(node) {
  if (node?.type !== 'string' || named(node, 'interpolation').length > 0) {
    return null;
  }

  return node.namedChildren.map((child) => (child.type === 'escape_sequence' ? child.text.slice(1) : child.text)).join('');
}

/** The name of an object's property; a part that is computed is a star. */
export function patternOf(node) {
  if (node.type !== 'string') {
    return node.text;
  }

  return node.namedChildren.map((child) => (child.type === 'interpolation' ? '*' : child.text)).join('');
}

/** An object's properties as [name, value, property node]. */
export const propertiesOf = (object) =>
  named(object, 'object_property').map((property) => {
    const parts = property.namedChildren.filter((child) => child.type !== 'comment');
    return [patternOf(parts[0]), parts[1], property];
  });

export const propertyOf = (object, name) => propertiesOf(object).find(([key]) => key === name)?.[1];

/** The object that a declaration has for its body, under a loop and a condition. */
export function bodyOf(declaration) {
  let node = declaration.namedChildren.filter((child) => child.type !== 'comment').at(-1);
  while (node && ['for_statement', 'if_statement'].includes(node.type)) {
    node = node.namedChildren.filter((child) => child.type !== 'comment').at(-1);
  }

  return node?.type === 'object' ? node : null;
}
