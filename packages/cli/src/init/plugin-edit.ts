import { posix } from 'node:path';
import type { Source } from './find-sources';
import { findPlaces, propertiesOf, type Place } from './plugin-places';

/** The name by which the code has the plugin. */
export const PLUGIN = 'waxsealPlugin';

/** A place that is left to a person. */
export interface ByHand {
  readonly path: string;
  readonly line: number;
  readonly why: string;
}

/** A file with the plugin in its places. */
export interface Edited {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** A text to put in at a place. */
interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * Puts the plugin into the places of a file that are certain.
 *
 * @param helper relative to the project, with slashes
 * @returns the file, where something was put in; and what was not
 */
export function placePlugin(
  source: Source,
  isModule: boolean,
  helper: string,
): { readonly edited: Edited | undefined; readonly byHand: readonly ByHand[] } {
  const { path, text } = source;
  const left = (line: number, why: string): ByHand => ({ path, line, why });
  let found;
  try {
    found = findPlaces(source, isModule);
  } catch (error) {
    const { loc } = error as { readonly loc?: { readonly line: number } };
    return { edited: undefined, byHand: [left(loc?.line ?? 1, 'the file cannot be read as code')] };
  }
  const byHand: ByHand[] = [];
  const insertions: Insertion[] = [];
  const isBegun = text.includes('@waxseal/temporal') || text.includes(PLUGIN);
  for (const place of found.places) {
    if (isBegun) {
      if (!hasPlugins(place)) byHand.push(left(place.line, `${place.what}: it has no plugins`));
      continue;
    }
    const insertion = insertionAt(place, text);
    if (typeof insertion === 'string') byHand.push(left(place.line, `${place.what}: ${insertion}`));
    else insertions.push(insertion);
  }
  if (insertions.length === 0) return { edited: undefined, byHand };
  const isRequired = found.imports === 'require';
  if (isRequired && !/\.c?js$/.test(helper)) {
    const why = 'it requires, and the module with the plugin is of another kind';
    return { edited: undefined, byHand: [...byHand, ...found.places.map(({ line }) => left(line, why))] };
  }
  insertions.push({ at: found.importsEnd, text: importOf(source, found.importsEnd, isRequired, helper) });
  let after = text;
  for (const { at, text: added } of insertions.sort((one, other) => other.at - one.at)) {
    after = after.slice(0, at) + added + after.slice(at);
  }
  return { edited: { path, before: text, after }, byHand };
}

/** Of a file that has the plugin already, in whatever way a person chose. */
function hasPlugins({ options }: Place): boolean {
  return options !== undefined && propertiesOf(options).some(({ name }) => name === 'plugins');
}

const VALUE = `await ${PLUGIN}()`;

/** What is put in at a place, or why nothing is. */
function insertionAt({ options, emptyAt, canAwait }: Place, text: string): Insertion | string {
  if (!canAwait) return 'await cannot stand here';
  if (emptyAt !== undefined) return { at: emptyAt, text: `{ plugins: [${VALUE}] }` };
  if (options === undefined) return 'its options are not written out here';
  const properties = propertiesOf(options);
  // What is spread could hold plugins, which would take the place of ours.
  if (properties.some(({ name }) => name === '...')) return 'its options are spread from elsewhere';
  const plugins = properties.find(({ name }) => name === 'plugins');
  if (plugins !== undefined) {
    if (plugins.value.type !== 'ArrayExpression') return 'its plugins are not written out here';
    const isEmpty = (plugins.value['elements'] as readonly unknown[]).length === 0;
    return { at: plugins.value.start + 1, text: isEmpty ? VALUE : `${VALUE}, ` };
  }
  const first = properties[0]?.node;
  if (first === undefined) return { at: options.start + 1, text: ` plugins: [${VALUE}] ` };
  const indentation = /(\r?\n)([ \t]*)$/.exec(text.slice(options.start, first.start));
  const separator = indentation === null ? ' ' : `${indentation[1] ?? ''}${indentation[2] ?? ''}`;
  return { at: first.start, text: `plugins: [${VALUE}],${separator}` };
}

/** The line that brings the plugin into a file, in the style of the file's last import. */
function importOf({ path, text }: Source, importsEnd: number, isRequired: boolean, helper: string): string {
  const last = text.slice(text.lastIndexOf('\n', importsEnd - 1) + 1, importsEnd);
  const quote = last.includes('"') ? '"' : "'";
  const end = last.endsWith(';') ? ';' : '';
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const relative = posix.relative(posix.dirname(path), helper);
  const file = relative.startsWith('.') ? relative : `./${relative}`;
  const specifier = `${quote}${file.replace(/\.([cm]?)ts$/, extensionIn(path, text))}${quote}`;
  return isRequired
    ? `${eol}const { ${PLUGIN} } = require(${specifier})${end}`
    : `${eol}import { ${PLUGIN} } from ${specifier}${end}`;
}

/** How a file of TypeScript names others: as they are written, as they are built, or with no extension. */
function extensionIn(path: string, text: string): string {
  if (/from ['"]\.{1,2}\/[^'"]*\.[cm]?ts['"]/.test(text)) return '.$1ts';
  const isBuilt = /from ['"]\.{1,2}\/[^'"]*\.[cm]?js['"]/.test(text);
  return isBuilt || /\.[cm]ts$/.test(path) ? '.$1js' : '';
}
