import {
  constants,
  closeSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join, posix } from 'node:path';
import { ConfigurationError } from '@waxseal/core';
import { createTwoFilesPatch } from 'diff';
import { findSources, type Source } from './find-sources';
import { PLUGIN, placePlugin, type ByHand, type Edited } from './plugin-edit';
import type { Project } from './project';

/** What is to be changed in a project's code. */
export interface PluginChange {
  /** For `git apply` and `patch -p1`; empty where nothing is to be changed. */
  readonly diff: string;
  /** Files that exist, and a new one that has `before` empty. */
  readonly edited: readonly Edited[];
  readonly byHand: readonly ByHand[];
  /** Whether there was more code than was looked at. */
  readonly isCut: boolean;
}

/** Finds where the plugin belongs in a project, and what its code is with it. Nothing is written. */
export function pluginChange(
  project: Project,
  onSeen: (seen: number) => void = () => undefined,
): PluginChange {
  const { directory } = project;
  const { sources, isCut } = findSources(directory, onSeen);
  const [first] = sources;
  if (first === undefined) return { diff: '', edited: [], byHand: [], isCut };
  const helper = `${folderOf(sources)}${helperNameFor(first, project)}`;
  const placed = sources.map((source) => placePlugin(source, isModule(source, project), helper));
  const edited = placed.flatMap((each) => each.edited ?? []);
  if (edited.length > 0 && lstatSync(join(directory, helper), { throwIfNoEntry: false }) === undefined) {
    edited.unshift({ path: helper, before: '', after: helperText(helper) });
  }
  return { diff: edited.map(diffOf).join(''), edited, byHand: placed.flatMap((each) => each.byHand), isCut };
}

/** The deepest folder that all of them are in, with a slash behind it. */
function folderOf(sources: readonly Source[]): string {
  const [shared = [], ...others] = sources.map(({ path }) => posix.dirname(path).split('/'));
  const common = shared.filter((_, index) =>
    others.every((other) => shared.slice(0, index + 1).every((name, at) => other[at] === name)),
  );
  const folder = common.join('/');
  return folder === '.' || folder === '' ? '' : `${folder}/`;
}

function isModule({ path }: Source, project: Project): boolean {
  return /\.m[jt]sx?$/.test(path) || (project.isModule && !/\.c[jt]sx?$/.test(path));
}

/** The extension is that of the file which needs it, so that the compiler and Node.js take both alike. */
function helperNameFor({ path, text }: Source, project: Project): string {
  const [, kind = '', language = ''] = /\.([cm]?)([jt])sx?$/.exec(path) ?? [];
  if (language === 't') return `waxseal.${kind}ts`;
  const requires = !/^\s*import\b/m.test(text);
  return `waxseal.${requires ? 'cjs' : isModule({ path, text }, project) ? 'mjs' : 'js'}`;
}

function helperText(path: string): string {
  const isTypeScript = /ts$/.test(path);
  const isRequired = path.endsWith('.cjs');
  const plugin = `() => (plugin ??= loadConfig().then(({ codecs }) => new EnvelopePlugin({ codecs })));`;
  return [
    ...(isRequired
      ? [
          `const { loadConfig } = require('@waxseal/config');`,
          `const { EnvelopePlugin } = require('@waxseal/temporal');`,
        ]
      : [
          `import { loadConfig } from '@waxseal/config';`,
          `import { EnvelopePlugin } from '@waxseal/temporal';`,
        ]),
    '',
    isTypeScript ? 'let plugin: Promise<EnvelopePlugin> | undefined;' : 'let plugin;',
    '/** For every Client and Worker of this process: encrypts under the keys of waxseal.config.json. */',
    isRequired ? `exports.${PLUGIN} = ${plugin}` : `export const ${PLUGIN} = ${plugin}`,
    '',
  ].join('\n');
}

function diffOf({ path, before, after }: Edited): string {
  const from = before === '' ? '/dev/null' : `a/${path}`;
  // A header, be it empty, ends a name that has spaces.
  const patch = createTwoFilesPatch(from, `b/${path}`, before, after, '', '', { context: 3 });
  return patch.replace(/^=+\n/, '');
}

/**
 * Writes the changed files.
 *
 * @throws ConfigurationError when one was changed in between, or cannot be written
 */
export function applyChange({ directory }: Project, { edited }: PluginChange): void {
  for (const { path, before, after } of edited) {
    const file = join(directory, path);
    try {
      if (before === '') writeFileSync(file, after, { flag: 'wx' });
      else replaceText(file, before, after);
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      throw new ConfigurationError(
        `${path} cannot be written (${code}). Run waxseal init --only-plugin --apply again.`,
      );
    }
  }
}

function replaceText(file: string, before: string, after: string): void {
  // A link that came in the file's place is not followed.
  const descriptor = openSync(file, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    if (readFileSync(descriptor, 'utf8') !== before) {
      throw new ConfigurationError(
        `${file} was changed meanwhile. Run waxseal init --only-plugin --apply again.`,
      );
    }
    ftruncateSync(descriptor, 0);
    writeSync(descriptor, after, 0, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
