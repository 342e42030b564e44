/**
 * Makes the JSON Schema by which editors complete a `waxseal.config.json`, and compares it with the one that
 * `@waxseal/config` ships. With `--write` it writes it. Structure and limits come from the schema that the
 * program checks by; descriptions, and options that core checks, come from the types. Needs the packages as
 * built.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import prettier from 'prettier';
import ts from 'typescript';

const FILE = resolve('packages/config/waxseal.config.schema.json');
const SOURCE = resolve('packages/config/dist/waxseal-config.d.ts');

const { jsonSchemaOfConfig } = createRequire(import.meta.url)('../packages/config/dist/waxseal-config.js');
const program = ts.createProgram([SOURCE], {
  strict: true,
  skipLibCheck: true,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
});
const checker = program.getTypeChecker();

/** The type of an interface that the configuration's module exports. */
function typeNamed(name) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(SOURCE));
  const symbol = checker.getExportsOfModule(module).find((exported) => exported.name === name);
  return checker.getDeclaredTypeOfSymbol(symbol);
}

/** The alternatives of a type: of a union its members, without `undefined`. */
function alternativesOf(type) {
  const all = type.isUnion() ? type.types : [type];
  return all.filter(({ flags }) => (flags & ts.TypeFlags.Undefined) === 0);
}

function propertyOf(types, name) {
  return types.map((type) => type.getProperty(name)).find((property) => property !== undefined);
}

/** Adds descriptions to a schema, and what is in it that only the type says. */
function describe(schema, types) {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const symbol = propertyOf(types, name);
    if (symbol === undefined) continue;
    const description = descriptionOf(symbol);
    const inner = alternativesOf(checker.getTypeOfSymbol(symbol));
    if (Object.keys(property).length === 0) Object.assign(property, schemaOf(inner));
    describe(property, inner);
    schema.properties[name] = description === '' ? property : { description, ...property };
  }
  if (typeof schema.items === 'object') describe(schema.items, types.flatMap(elementsOf));
  if (typeof schema.additionalProperties === 'object') {
    describe(schema.additionalProperties, types.flatMap(valuesOf));
  }
  for (const alternative of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) {
    describe(
      alternative,
      types.filter((type) => isAlternative(alternative, type)),
    );
  }
}

function isAlternative({ type: kind, properties, items }, type) {
  if (items !== undefined || kind === 'array') return checker.isArrayLikeType(type);
  if (properties === undefined) return true;
  const tag = type.getProperty('type');
  return properties.type?.const === undefined
    ? Object.keys(properties).every((name) => type.getProperty(name) !== undefined)
    : tag !== undefined &&
        checker.typeToString(checker.getTypeOfSymbol(tag)) === `"${properties.type.const}"`;
}

function elementsOf(type) {
  return checker.isArrayLikeType(type) ? alternativesOf(checker.getTypeArguments(type)[0]) : [];
}

function valuesOf(type) {
  const value = type.getStringIndexType();
  return value === undefined ? [] : alternativesOf(value);
}

/** The comment of an option as one text, without the marks of TSDoc. */
function descriptionOf(symbol) {
  return ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll(/(?<!\n)\n(?!\n|- )/g, ' ');
}

/** The schema of a type; `undefined` where JSON cannot hold it. */
function schemaOf(types) {
  const [first] = types;
  if (first === undefined) return undefined;
  if (types.every((type) => type.isStringLiteral())) return { enum: types.map(({ value }) => value).sort() };
  if (types.every(({ flags }) => flags & ts.TypeFlags.BooleanLike)) return { type: 'boolean' };
  if (types.every(({ flags }) => flags & (ts.TypeFlags.String | ts.TypeFlags.Number))) {
    const kinds = types.map((type) => checker.typeToString(type));
    return { type: kinds.length === 1 ? kinds[0] : kinds };
  }
  if (types.length > 1 || first.getCallSignatures().length > 0) return undefined;
  if (checker.isArrayLikeType(first)) {
    const items = schemaOf(elementsOf(first));
    return items && { type: 'array', items };
  }
  const value = first.getStringIndexType();
  if (value !== undefined) {
    const additionalProperties = schemaOf(alternativesOf(value));
    return additionalProperties && { type: 'object', additionalProperties };
  }
  const properties = first.getProperties().flatMap((property) => {
    const schema = schemaOf(alternativesOf(checker.getTypeOfSymbol(property)));
    return schema === undefined ? [] : [[property.name, schema]];
  });
  if (properties.length === 0) return undefined;
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
}

const schema = jsonSchemaOfConfig();
describe(schema, [typeNamed('WaxsealConfig')]);
const text = await prettier.format(JSON.stringify(schema), {
  ...(await prettier.resolveConfig(FILE)),
  parser: 'json',
});
if (process.argv.includes('--write')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error('packages/config/waxseal.config.schema.json is stale. Write it with: npm run api');
  process.exit(1);
}
