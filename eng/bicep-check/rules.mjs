import { dirname } from 'node:path';
import { named, propertiesOf, textOf, walk } from './syntax.mjs';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Each rule takes a file's model and the context, and yields [node, what is wrong with it]. */
export const rules = [
  grammar, names, repeated, unused, modulePaths, moduleParameters, outputs, parameterFile, resourceTypes, resourceProperties, roleIds,
];

function* grammar({ tree }) {
  for (const node of walk(tree)) {
    if (node.isMissing) {
      yield [node, `${node.type} is missing`];
    } else if (node.isError) {
      yield [node, `cannot be read: ${node.text.split('\n')[0].slice(0, 60)}`];
    }
  }
}

// Every name that an expression begins with is declared somewhere.
function* names(model, { functions }) {
  const symbols = new Set([...functions, ...symbolsOf(model).map((symbol) => symbol.name)]);
  for (const node of walk(model.tree)) {
    if (node.type === 'identifier' && isReference(node) && !symbols.has(node.text) && !isLocal(node)) {
      yield [node, `${node.text} is declared nowhere`];
    }
  }
}

function* repeated(model) {
  const seen = new Set();
  for (const { name, node } of symbolsOf(model)) {
    if (seen.has(name)) {
      yield [node, `${name} is declared twice`];
    }

    seen.add(name);
  }

  for (const node of walk(model.tree)) {
    const keys = node.type === 'object' ? propertiesOf(node).filter(([name]) => !name.includes('*')) : [];
    for (const [index, [name, , property]] of keys.entries()) {
      if (keys.findIndex(([other]) => other === name) < index) {
        yield [property, `${name} is set twice`];
      }
    }
  }
}

function* unused(model) {
  if (model.isParameters) {
    return;
  }

  const used = new Set([...walk(model.tree)].filter((node) => node.type === 'identifier' && isReference(node)).map((node) => node.text));
  const types = new Set(named(model.tree, 'parameter_declaration').flatMap((node) => named(node, 'type')).map((node) => node.text));
  for (const { name, node } of [...model.parameters, ...model.variables, ...model.functions]) {
    if (!used.has(name)) {
      yield [node, `${name} is used nowhere`];
    }
  }

  for (const { name, node } of model.types) {
    if (![...types].some((type) => type.replace(/[[\]?]/g, '') === name)) {
      yield [node, `${name} is used nowhere`];
    }
  }
}

function* modulePaths(model, { models }) {
  for (const { node, target } of model.modules) {
    if (!models.has(target)) {
      yield [named(node, 'string')[0], `there is no module ${textOf(named(node, 'string')[0])}`];
    }
  }
}

function* moduleParameters(model, { models }) {
  for (const { name, node, target, params } of model.modules) {
    const parameters = models.get(target)?.parameters ?? [];
    for (const [given, , property] of models.has(target) ? params : []) {
      if (!parameters.some((parameter) => parameter.name === given)) {
        yield [property, `${name} takes no parameter ${given}`];
      }
    }

    for (const { name: wanted } of parameters.filter((parameter) => parameter.isRequired)) {
      if (!params.some(([given]) => given === wanted)) {
        yield [node, `${name} needs the parameter ${wanted}`];
      }
    }
  }
}

function* outputs(model, { models }) {
  for (const node of walk(model.tree)) {
    const [left, output] = node.type === 'member_expression' ? node.namedChildren : [];
    const [owner, property] = left?.type === 'member_expression' ? left.namedChildren : [];
    const target = property?.text === 'outputs' && model.modules.find((module) => module.name === owner.text)?.target;
    if (target && models.has(target) && !models.get(target).outputs.some(({ name }) => name === output.text)) {
      yield [output, `${owner.text} has no output ${output.text}`];
    }
  }
}

function* parameterFile(model, { models }) {
  if (!model.isParameters) {
    return;
  }

  const target = models.get(model.using);
  if (!target || dirname(model.using) !== dirname(model.path)) {
    yield [model.tree, 'using names no template beside it'];
    return;
  }

  for (const { name, node } of model.variables) {
    if (!target.parameters.some((parameter) => parameter.name === name)) {
      yield [node, `${target.file} has no parameter ${name}`];
    }
  }

  for (const { name } of target.parameters.filter((parameter) => parameter.isRequired)) {
    if (!model.variables.some((variable) => variable.name === name)) {
      yield [model.tree, `${target.file} needs the parameter ${name}`];
    }
  }
}

function* resourceTypes(model, { reviewed }) {
  for (const { node, type, version } of model.resources) {
    const known = reviewed.resources[type];
    if (!known) {
      yield [named(node, 'string')[0], `the resource type ${type} has not been reviewed`];
    } else if (known.apiVersion !== version) {
      yield [named(node, 'string')[0], `${type} is reviewed at ${known.apiVersion}, not at ${version}`];
    }
  }
}

function* resourceProperties(model, { reviewed }) {
  for (const { type, body, isExisting } of model.resources) {
    const known = reviewed.resources[type];
    if (!known || !body || isExisting) {
      continue;
    }

    for (const [path, property] of pathsOf(body)) {
      if (!known.properties.some((allowed) => covers(allowed, path))) {
        yield [property, `${type} has no reviewed property ${path}`];
      }
    }
  }
}

function* roleIds(model, { reviewed }) {
  for (const node of walk(model.tree)) {
    const text = textOf(node);
    if (text && guid.test(text) && !Object.values(reviewed.roles).includes(text)) {
      yield [node, `${text} is not the id of a reviewed role`];
    }
  }
}

// The leaves of an object as paths; elements of an array stand under its own path.
function* pathsOf(node, path = '') {
  for (const [name, value, property] of propertiesOf(node)) {
    const own = path ? `${path}.${name}` : name;
    const inner = value && [...objectsIn(value)];
    if (inner?.length) {
      for (const object of inner) {
        yield* pathsOf(object, own);
      }
    } else {
      yield [own, property];
    }
  }
}

function* objectsIn(value) {
  if (value.type === 'object') {
    yield value;
  } else if (['array', 'for_statement'].includes(value.type)) {
    for (const child of value.namedChildren) {
      yield* objectsIn(child);
    }
  }
}

const covers = (allowed, path) => allowed === path || (allowed.endsWith('.*') && path.startsWith(allowed.slice(0, -1)));

const symbolsOf = (model) =>
  ['parameters', 'variables', 'functions', 'resources', 'modules'].flatMap((kind) => model[kind]);

const declarations = [
  'parameter_declaration', 'variable_declaration', 'output_declaration', 'resource_declaration', 'module_declaration',
  'type_declaration', 'user_defined_function', 'parameter', 'metadata_declaration',
];

function isReference(node) {
  const parent = node.parent;
  const isFirst = parent.namedChildren.find((child) => child.type !== 'comment')?.id === node.id;
  if (node.parent.type === 'object_property') {
    return !isFirst;
  }

  return ![...typeNodes(node)].length
    && !(isFirst && (declarations.includes(parent.type) || ['lambda_expression', 'for_statement'].includes(parent.type)))
    && !['for_loop_parameters', 'target_scope_assignment'].includes(parent.type);
}

function* typeNodes(node) {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (['type', 'array_type', 'union_type', 'type_declaration'].includes(parent.type)) {
      yield parent;
    }
  }
}

// A loop's, a lambda's or a function's own name, for as far as it reaches.
function isLocal(node) {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (localsOf(scopeOf(parent)).includes(node.text)) {
      return true;
    }
  }

  return false;
}

// The grammar gives a lambda's body away: i => list[i].name is read as (i => list)[i].name.
function scopeOf(node) {
  while (['member_expression', 'subscript_expression', 'call_expression', 'binary_expression', 'ternary_expression'].includes(node.type)) {
    node = node.namedChildren[0];
  }

  return node;
}

function localsOf(scope) {
  if (!['for_statement', 'lambda_expression', 'user_defined_function'].includes(scope.type)) {
    return [];
  }

  const first = scope.namedChildren[0];
  const holder = scope.namedChildren.find((child) => ['for_loop_parameters', 'parameters', 'parenthesized_expression'].includes(child.type));
  const names = ['identifier', 'loop_variable', 'loop_enumerator'];
  return [...(names.includes(first.type) ? [first] : []), ...(holder ? walk(holder) : [])]
    .filter((child) => names.includes(child.type))
    .map((child) => child.text);
}
