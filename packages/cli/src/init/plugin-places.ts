import { Parser, tsPlugin } from '../../vendor/parser.cjs';
import type { Source } from './find-sources';

/** A node of the syntax tree, of which each place looks at a few members. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc?: { readonly start: { readonly line: number } };
  readonly [member: string]: unknown;
}

/** Where a Worker, its connection, a bundle of workflows or a Client is made. */
export interface Place {
  readonly line: number;
  /** Such as `new Client`. */
  readonly what: string;
  /** The options, where they are written out as an object. */
  readonly options: Node | undefined;
  /** Where options can be written, when there are none. */
  readonly emptyAt: number | undefined;
  /** Whether `await` may stand there. */
  readonly canAwait: boolean;
}

/** What a file has for the plugin. */
export interface Places {
  readonly places: readonly Place[];
  /** Where the last import of the file ends. */
  readonly importsEnd: number;
  /** Whether it imports as ES modules are written, or requires. */
  readonly imports: 'import' | 'require';
}

const WORKER = 'Worker.create';
const CONNECTION = 'NativeConnection.connect';

/** What is made by which module of the SDK. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  '@temporalio/client': ['Client'],
  '@temporalio/worker': ['NativeConnection', 'Worker', 'bundleWorkflowCode'],
};

/**
 * Finds the places of a file where the plugin belongs.
 *
 * @param isModule whether a top-level `await` works in it
 * @throws SyntaxError when the file cannot be read as JavaScript or TypeScript
 */
export function findPlaces({ path, text }: Source, isModule: boolean): Places {
  const program = parse(path, text);
  const names = new Map<string, string>();
  let importsEnd = -1;
  let imports: 'import' | 'require' = 'import';
  for (const statement of program['body'] as readonly Node[]) {
    const isImport = statement.type === 'ImportDeclaration';
    const required = isImport ? undefined : requiredBy(statement);
    if (!isImport && required === undefined) continue;
    importsEnd = statement.end;
    imports = isImport ? 'import' : 'require';
    for (const [local, imported] of isImport ? importedBy(statement) : (required ?? []))
      names.set(local, imported);
  }
  const places: Place[] = [];
  visit(program, isModule && imports === 'import', (node, canAwait) => {
    const what = madeBy(node, names);
    if (what === undefined) return;
    const [first] = node['arguments'] as readonly Node[];
    places.push({
      line: node.loc?.start.line ?? 0,
      what,
      options: first?.type === 'ObjectExpression' ? first : undefined,
      emptyAt: first === undefined && text[node.end - 1] === ')' ? node.end - 1 : undefined,
      canAwait,
    });
  });
  return { places: withoutLooseConnections(places), importsEnd, imports };
}

/** A connection works without the plugin: it is given beside a Worker, where nobody has to do it by hand. */
function withoutLooseConnections(places: readonly Place[]): Place[] {
  const hasWorker = places.some(({ what }) => what === WORKER);
  const isPlain = ({ options, emptyAt, canAwait }: Place): boolean => {
    if (!canAwait) return false;
    if (options === undefined) return emptyAt !== undefined;
    return !propertiesOf(options).some(({ name }) => name === '...' || name === 'plugins');
  };
  return places.filter((place) => place.what !== CONNECTION || (hasWorker && isPlain(place)));
}

/** As a module, else as a script. JavaScript is read by the same rules: what TypeScript adds it has not. */
function parse(path: string, text: string): Node {
  const TypeScript = Parser.extend(tsPlugin({ jsx: !/\.[cm]?ts$/.test(path) }));
  const read = (sourceType: 'module' | 'script'): Node => {
    const program = TypeScript.parse(text, {
      sourceType,
      ecmaVersion: 'latest',
      locations: true,
      allowReturnOutsideFunction: sourceType === 'script',
    });
    return program as unknown as Node;
  };
  try {
    return read('module');
  } catch (error) {
    if (!text.includes('require(')) throw error;
    return read('script');
  }
}

/** What names of a file stand for: `Client`, or `* of` a module of the SDK. */
type Names = readonly (readonly [local: string, imported: string])[];

function importedBy(statement: Node): Names {
  const module = (statement['source'] as Node)['value'] as string;
  if (!(module in MADE) || statement['importKind'] === 'type') return [];
  return (statement['specifiers'] as readonly Node[]).map((specifier) => {
    const imported = specifier['imported'] as Node | undefined;
    return [nameOf(specifier['local']), imported === undefined ? '*' : nameOf(imported)];
  });
}

/** What `const { Client } = require('@temporalio/client')` names; `undefined` for any other statement. */
function requiredBy(statement: Node): Names | undefined {
  if (statement.type !== 'VariableDeclaration') return undefined;
  const names: [string, string][] = [];
  for (const { id, init } of statement['declarations'] as readonly { id: Node; init: Node | null }[]) {
    if (init?.type !== 'CallExpression' || nameOf(init['callee']) !== 'require') return undefined;
    const [module] = init['arguments'] as readonly Node[];
    if (typeof module?.['value'] !== 'string' || !(module['value'] in MADE)) continue;
    if (id.type === 'Identifier') names.push([nameOf(id), '*']);
    if (id.type !== 'ObjectPattern') continue;
    for (const property of id['properties'] as readonly Node[]) {
      names.push([nameOf(property['value']), nameOf(property['key'])]);
    }
  }
  return names;
}

/** What of the SDK a node makes; `undefined` where it makes nothing that takes plugins. */
function madeBy(node: Node, names: ReadonlyMap<string, string>): string | undefined {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return undefined;
  const chain = chainOf(node['callee'] as Node);
  if (chain === undefined) return undefined;
  const [first = '', ...rest] = chain;
  const imported = names.get(first);
  if (imported === undefined) return undefined;
  const [made = '', method, ...more] = imported === '*' ? rest : [imported, ...rest];
  if (more.length > 0) return undefined;
  if (node.type === 'NewExpression')
    return made === 'Client' && method === undefined ? 'new Client' : undefined;
  const called = `${made}.${method ?? ''}`;
  if (called === WORKER || called === CONNECTION) return called;
  return made === 'bundleWorkflowCode' && method === undefined ? made : undefined;
}

/** `a.b.c` as its names. */
function chainOf(node: Node): readonly string[] | undefined {
  if (node.type === 'Identifier') return [nameOf(node)];
  if (node.type !== 'MemberExpression' || node['computed'] === true) return undefined;
  const before = chainOf(node['object'] as Node);
  return before === undefined ? undefined : [...before, nameOf(node['property'])];
}

function nameOf(node: unknown): string {
  const name = (node as Node | undefined)?.['name'];
  return typeof name === 'string' ? name : '';
}

const PLAIN_BOUNDARIES = new Set(['PropertyDefinition', 'AccessorProperty', 'StaticBlock']);

/** Goes through all nodes, and tells of each whether `await` may stand there. */
function visit(node: Node, canAwait: boolean, see: (node: Node, canAwait: boolean) => void): void {
  see(node, canAwait);
  const isFunction = 'async' in node && 'params' in node;
  const within = isFunction ? node['async'] === true : canAwait && !PLAIN_BOUNDARIES.has(node.type);
  for (const [member, value] of Object.entries(node)) {
    // Parameters of an asynchronous function are evaluated before it is one.
    const here = isFunction && member === 'params' ? false : within;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visit(child, here, see);
    }
  }
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Node).type === 'string' &&
    'start' in value
  );
}

/** The properties of an object that is written out, by name; a spread has the name `...`. */
export function propertiesOf(
  options: Node,
): readonly { readonly name: string; readonly node: Node; readonly value: Node }[] {
  return (options['properties'] as readonly Node[]).map((node) => {
    const key = node['key'] as Node | undefined;
    const name = key === undefined || node['computed'] === true ? '...' : nameOf(key) || String(key['value']);
    return { name, node, value: node['value'] as Node };
  });
}
