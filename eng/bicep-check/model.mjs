import { dirname, relative, resolve } from 'node:path';
import { bodyOf, named, propertiesOf, propertyOf, textOf } from './syntax.mjs';

/** What a file declares, by name. */
export function readModel(root, path, tree) {
  const declared = (type) => named(tree, type).map((node) => ({ name: nameOf(node), node }));
  const model = {
    path,
    file: relative(root, path),
    tree,
    isParameters: path.endsWith('.bicepparam'),
    parameters: declared('parameter_declaration').map(parameter),
    variables: declared('variable_declaration').map(({ name, node }) => ({ name, node, value: node.namedChildren.at(-1) })),
    functions: declared('user_defined_function'),
    types: declared('type_declaration'),
    outputs: declared('output_declaration').map(({ name, node }) => ({ name, node, value: node.namedChildren.at(-1) })),
    resources: declared('resource_declaration').map(resource),
    modules: declared('module_declaration').map((entry) => module(path, entry)),
  };
  const using = named(tree, 'using_statement')[0];
  model.using = using && resolve(dirname(path), textOf(named(using, 'string')[0]) ?? '');
  return model;
}

const nameOf = (node) => node.namedChildren.find((child) => child.type === 'identifier' || child.type.endsWith('identifier'))?.text;

function parameter({ name, node }) {
  const type = named(node, 'type')[0];
  const hasDefault = node.children.some((child) => child.type === '=');
  return { name, node, isRequired: !hasDefault && !named(type ?? node, 'nullable_type').length };
}

function resource({ name, node }) {
  const [type, version] = (textOf(named(node, 'string')[0]) ?? '').split('@');
  return { name, node, type, version, isExisting: node.children.some((child) => child.type === 'existing'), body: bodyOf(node) };
}

function module(path, { name, node }) {
  const body = bodyOf(node);
  const params = body && propertyOf(body, 'params');
  return {
    name,
    node,
    target: resolve(dirname(path), textOf(named(node, 'string')[0]) ?? ''),
    params: params?.type === 'object' ? propertiesOf(params) : [],
  };
}
