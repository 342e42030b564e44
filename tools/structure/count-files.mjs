import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/**
 * @returns for each package, and for all of them together (`all`): how many source files, their median and longest length in lines,
 *   how many declare types only, how many one other file imports, and the length of each
 */
export function countFiles() {
  const packages = readdirSync('packages').map((name) => ({
    name,
    files: filesOf(join('packages', name, 'src')),
  }));
  return [...packages, { name: 'all', files: packages.flatMap(({ files }) => files) }].map(summarize);
}

function filesOf(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.ts'));
  const files = names.map((name) => {
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    return { file, lines: text.split('\n').length - 1, source, importers: new Set() };
  });
  const byFile = new Map(files.map((entry) => [entry.file, entry]));
  for (const { file, source } of files) {
    for (const statement of source.statements) {
      const { moduleSpecifier } = statement;
      if (moduleSpecifier === undefined || !moduleSpecifier.text.startsWith('.')) continue;
      byFile.get(normalize(join(dirname(file), `${moduleSpecifier.text}.ts`)))?.importers.add(file);
    }
  }
  return files;
}

function summarize({ name, files }) {
  const lengths = files.map(({ lines }) => lines).sort((a, b) => a - b);
  const isEntry = ({ file }) => file.endsWith('index.ts');
  return {
    name,
    files: files.length,
    median: lengths[Math.floor(lengths.length / 2)],
    longest: lengths.at(-1),
    typesOnly: files.filter((entry) => !isEntry(entry) && isTypesOnly(entry)).length,
    oneImporter: files.filter((entry) => !isEntry(entry) && importersOf(entry) === 1).length,
    lengths: files.map(({ file, lines }) => ({ file, lines })),
  };
}

/** The entry of the package exports what others import, and is not counted. */
function importersOf({ importers }) {
  return [...importers].filter((file) => !file.endsWith('index.ts')).length;
}

function isTypesOnly({ source }) {
  return source.statements.every(
    (statement) =>
      ts.isImportDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly),
  );
}
