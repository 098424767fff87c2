// node inspect.mjs <folder>: what the tests compare with the code, as JSON.
import { basename } from 'node:path';
import { readFolder } from './check.mjs';
import { named, patternOf, propertiesOf, propertyOf, textOf, walk } from './syntax.mjs';

const models = await readFolder(process.argv[2]);
const fileOf = (name) => [...models.values()].find((model) => basename(model.path) === name);
const valueOf = (model, name) => model.variables.find((variable) => variable.name === name)?.value;
const listOf = (node) => node.namedChildren.map(textOf);

const storage = fileOf('storage.bicep');
console.log(JSON.stringify({
  appSettings: Object.fromEntries(appSettings()),
  tables: listOf(valueOf(storage, 'tables')),
  queues: listOf(valueOf(storage, 'queues')),
  queueSuffixes: storage.resources
    .filter((resource) => resource.type.endsWith('/queues'))
    .map((resource) => patternOf(propertyOf(resource.body, 'name')).replace('queueName', '').replace('*', '')),
  alertPhrases: phrases('alerts.bicep'),
  functionsNamed: functionNames(),
  secrets: secretNames(),
}, null, 2));

function appSettings() {
  const model = fileOf('settings.bicep');
  const config = model.resources.find((resource) => resource.type === 'Microsoft.Web/sites/config');
  return [...settingsIn(model, propertyOf(config.body, 'properties'))];
}

// [name, literal value or null] of every setting that an expression may make.
function* settingsIn(model, node) {
  if (node.type === 'object') {
    yield* propertiesOf(node).map(([name, value]) => [name, textOf(value)]);
  } else if (node.type === 'identifier') {
    yield* settingsOf(model, node.text);
  } else if (node.type === 'ternary_expression') {
    yield* settingsIn(model, node.namedChildren[1]);
    yield* settingsIn(model, node.namedChildren[2]);
  } else if (node.type === 'call_expression') {
    yield* settingsMade(model, node.namedChildren[0].text, named(node, 'arguments')[0].namedChildren);
  } else {
    throw new Error(`${model.file}:${node.startPosition.row + 1}: app settings cannot be read out of this`);
  }
}

function* settingsMade(model, name, values) {
  if (name === 'toObject') {
    yield [patternOf([...walk(values[1])].find((node) => node.type === 'string')), null];
    return;
  }

  for (const value of values) {
    yield* settingsIn(model, value);
  }
}

// A variable, or a parameter that main.bicep gives another module's output.
function* settingsOf(model, name) {
  const value = valueOf(model, name);
  if (value) {
    yield* settingsIn(model, value);
    return;
  }

  const main = fileOf('main.bicep');
  const given = main.modules.find((module) => module.target === model.path).params.find(([param]) => param === name)?.[1];
  if (given?.type === 'member_expression') {
    const source = models.get(main.modules.find((module) => given.text.startsWith(`${module.name}.outputs.`)).target);
    yield* settingsIn(source, source.outputs.find((output) => given.text.endsWith(`.${output.name}`)).value);
  }
}

// What the queries search messages for.
function phrases(file) {
  const texts = [...walk(fileOf(file).tree)].filter((node) => node.type === 'string').map((node) => node.text);
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/has_cs "([^"]+)"/g)].map((match) => match[1])))];
}

// Functions that queries and always-ready instances name.
function functionNames() {
  const texts = [...models.values()].flatMap((model) => [...walk(model.tree)].filter((node) => node.type === 'string').map((node) => node.text));
  const inQueries = texts.flatMap((text) => [...text.matchAll(/Name (?:==|in) \(?((?:"\w+"(?:, )?)+)/g)].map((match) => match[1]));
  return [...new Set([
    ...inQueries.flatMap((list) => [...list.matchAll(/\w+/g)].map((match) => match[0])),
    ...texts.flatMap((text) => [...text.matchAll(/^'function:(\w+)'$/g)].map((match) => match[1])),
  ])];
}

// By the file: the secrets that settings refer to, and those that a parameter file can write.
function secretNames() {
  const inCalls = (file) => [...walk(fileOf(file).tree)]
    .filter((node) => node.type === 'call_expression' && node.namedChildren[0].text === 'secretOf')
    .map((node) => patternOf(named(node, 'arguments')[0].namedChildren.at(-1)));
  const written = [...models.values()]
    .filter((model) => model.isParameters)
    .map((model) => [model.file, propertiesOf(valueOf(model, 'secrets')).map(([name]) => name)]);
  return { read: [...inCalls('settings.bicep'), ...inCalls('providerSettings.bicep')], written: Object.fromEntries(written) };
}
