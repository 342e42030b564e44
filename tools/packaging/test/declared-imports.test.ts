import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const root = resolve(__dirname, '../../..');

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const packages = readdirSync(join(root, 'packages'));
const manifestOf = (directory: string): Manifest =>
  JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;

/** Packages that a file of source, JavaScript or types names, also where only for a type. */
function packagesIn(file: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = specifierOf(node);
    if (name !== undefined && ts.isStringLiteralLike(name)) names.push(name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, false));
  return names
    .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const isRequire = ts.isIdentifier(expression) && expression.text === 'require';
  return isRequire || expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined;
}

/** What is built of the source, and not what is left of a former build. */
function filesOf(directory: string): string[] {
  const list = (part: string): string[] =>
    existsSync(join(directory, part))
      ? readdirSync(join(directory, part), { recursive: true, encoding: 'utf8' })
      : [];
  const sources = list('src').filter((name) => name.endsWith('.ts'));
  const stems = new Set(sources.map((name) => name.slice(0, -'.ts'.length)));
  const built = list('dist').filter((name) => stems.has(name.replace(/(\.d\.ts|\.js)$/, '')));
  return [
    ...sources.map((name) => join(directory, 'src', name)),
    ...built.map((name) => join(directory, 'dist', name)),
    ...list('bin').map((name) => join(directory, 'bin', name)),
  ];
}

// Yarn's Plug'n'Play and pnpm let a package see what it declares, and nothing else.
describe.each(packages)('packages/%s', (name) => {
  const directory = join(root, 'packages', name);
  const manifest = manifestOf(directory);
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };

  /** Where npm has put it: at the root, or beside the package where another has the root's place. */
  const installed = (dependency: string): string => {
    const places = [directory, root].map((place) => join(place, 'node_modules', dependency));
    return places.find((place) => existsSync(place)) ?? dependency;
  };

  it('declares each package that its source, its JavaScript and its types name', () => {
    const named = new Set(filesOf(directory).flatMap(packagesIn));
    expect([...named].filter((each) => each !== manifest.name && !(each in declared))).toEqual([]);
  });

  it('has, or asks its user for, what its own dependencies ask their user for', () => {
    const missing = Object.keys(manifest.dependencies ?? {}).flatMap((dependency) => {
      const { peerDependencies = {}, peerDependenciesMeta = {} } = manifestOf(installed(dependency));
      return Object.keys(peerDependencies)
        .filter((peer) => peerDependenciesMeta[peer]?.optional !== true && !(peer in declared))
        .map((peer) => `${peer}, for ${dependency}`);
    });
    expect(missing).toEqual([]);
  });
});
