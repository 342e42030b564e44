import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { framed, placeIn, ROOT, type CodeBlock } from './code-blocks';

/** Where the blocks stand for the compiler, which finds the packages from there. Nothing is written. */
const FOLDER = join(ROOT, 'tools/documents/blocks');
/** What blocks use that they do not declare. */
const UNDECLARED = join(ROOT, 'tools/documents/undeclared.d.ts');

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2024.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  esModuleInterop: true,
};

/** Files beside the reader's own that blocks import, by their path beside the block. */
export type OtherFiles = Readonly<Record<string, string>>;

/**
 * Checks the types of blocks, each as a module of its own. A block whose first line is a comment with a name
 * of a file is that file, so that blocks of one page import each other.
 *
 * @returns the place and the text of each mistake
 */
export function typeMistakes(blocks: readonly CodeBlock[], others: OtherFiles = {}): string[] {
  const files = new Map(blocks.map((block) => [fileOf(block), block]));
  const texts = new Map([...files].map(([path, block]) => [path, framed(block).text]));
  for (const [path, text] of Object.entries(others)) texts.set(join(FOLDER, path), text);
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists, readFile, directoryExists } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  // The compiler looks for no file in a folder that is not there.
  host.directoryExists = (path) =>
    path.startsWith(FOLDER) ? !path.includes('node_modules') : (directoryExists?.(path) ?? true);
  host.getSourceFile = (path, version, ...more) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile(path, version, ...more)
      : ts.createSourceFile(path, text, version, true);
  };
  const program = ts.createProgram([...texts.keys(), UNDECLARED], OPTIONS, host);
  const found = [...texts.keys(), UNDECLARED].flatMap((path) => {
    const file = program.getSourceFile(path);
    return file === undefined
      ? []
      : [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  });
  return found.map(({ file, start = 0, messageText }) => {
    const block = files.get(file?.fileName ?? '');
    const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
    const place =
      block === undefined
        ? `${file?.fileName ?? ''}:${String(line + 1)}`
        : placeIn(block, line - framed(block).linesBefore);
    return `${place} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

const NAMED = /^\/\/ (\S+\.[cm]?[jt]s)\n/;

function fileOf(block: CodeBlock): string {
  const { page, line, language, text } = block;
  const folder = join(FOLDER, page.replaceAll('/', '+').replace(/\.md$/, ''));
  return posix.join(folder, NAMED.exec(text)?.[1] ?? `block-${String(line)}.${language}`);
}

/** The names that {@link UNDECLARED} declares. */
export function undeclaredNames(): string[] {
  return [...readFileSync(UNDECLARED, 'utf8').matchAll(/^declare (?:const|function|class|type) (\w+)/gm)].map(
    ([, name = '']) => name,
  );
}
