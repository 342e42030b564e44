import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILE_NAMES } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { UsageError } from '../failure/command-errors';
import type { Output } from '../output';
import { assertNothingInTheWay, KEYRING_FILE, newFiles, writeNewFiles, type NewFile } from './new-files';
import { nextSteps } from './next-steps';
import { applyChange, pluginChange } from './plugin-diff';
import { readProject, type Manager, type Project } from './project';
import {
  checkId,
  chosenKey,
  exampleOfKey,
  isIdWorthIt,
  localKey,
  PROVIDER_NAMES,
  proposedId,
  type ChosenKey,
  type ProviderName,
} from './providers';
import { Progress } from '../terminal/progress';

/** What `waxseal init` was told. */
export interface InitOptions {
  readonly provider?: ProviderName;
  readonly key?: string;
  /** `false` for what the service calls the key. */
  readonly id?: string | false;
  readonly packageManager?: Manager;
  readonly apply?: true;
  readonly onlyPlugin?: true;
  readonly json?: true;
}

/** Asks a person. */
export interface Questions {
  /** An answer that is not empty; the proposal where nothing is said. */
  readonly ask: (question: string, proposal?: string) => Promise<string>;
  readonly confirm: (question: string) => Promise<boolean>;
}

/**
 * Prepares a project: its configuration, a local key or the rights at a key service, a smoke test, and the
 * lines that place the plugin.
 *
 * @param questions `undefined` where nobody is asked
 * @throws ConfigurationError that says what is missing or in the way; nothing was written then
 */
export async function init(
  directory: string,
  options: InitOptions,
  questions: Questions | undefined,
  { line, notice }: Output,
): Promise<void> {
  const project = readProject(directory, options.packageManager);
  const isPlugin = options.onlyPlugin === true;
  const asked = isPlugin ? undefined : await keyOf(project, options, questions);
  const files = asked === undefined ? [] : newFiles(asked.key, asked.newKey);
  assertReady(project, isPlugin, files);
  const progress = new Progress('files');
  const change = pluginChange(project, (done) => {
    progress.show({ done });
  });
  progress.end();
  const isApplied = options.apply === true && change.edited.length > 0;
  if (questions !== undefined) {
    for (const { path } of files) notice(`It writes ${path}.`);
    if (isApplied) for (const { path } of change.edited) notice(`It changes ${path}.`);
    if (!(await questions.confirm('Go on?'))) throw new ConfigurationError('Nothing was written.');
  }
  writeNewFiles(directory, files);
  if (isApplied) applyChange(project, change);

  const { install, steps } = nextSteps(project, asked?.key, change, isApplied);
  if (options.json === true) {
    const written = files.map(({ path }) => path);
    const { manager } = project;
    const { diff, byHand } = change;
    const uri = asked?.key.uri;
    line(
      JSON.stringify({
        packageManager: manager,
        primaryKey: uri,
        written,
        diff,
        applied: isApplied,
        byHand,
        install,
        steps,
      }),
    );
    return;
  }
  for (const { path } of files) line(`Wrote ${path}`);
  if (change.diff !== '') line(`${isApplied ? 'Applied' : 'Not applied yet'}:\n\n${change.diff}`);
  if (install.length > 0) line(['Install:', ...install.map((command) => `  ${command}`)].join('\n'));
  line(['Then:', ...steps.map((step) => `  - ${step}`)].join('\n'));
}

/** @throws ConfigurationError when files stand in the way, or there is no configuration for a plugin */
function assertReady({ directory }: Project, isPlugin: boolean, files: readonly NewFile[]): void {
  if (!isPlugin) assertNothingInTheWay(directory, files);
  else if (!CONFIG_FILE_NAMES.some((name) => existsSync(join(directory, name)))) {
    throw new ConfigurationError(
      'There is no waxseal.config file for --only-plugin: run waxseal init without it first.',
    );
  }
}

interface Asked {
  readonly key: ChosenKey;
  /** The name of a local key that is to be made. */
  readonly newKey: string | undefined;
}

/** The key that options and answers name. */
async function keyOf(
  project: Project,
  options: InitOptions,
  questions: Questions | undefined,
): Promise<Asked> {
  const provider = options.provider ?? (await providerBy(questions));
  if (provider === 'local') return local(project, options);
  const given = options.key ?? (await questions?.ask(`The key, such as ${exampleOfKey(provider)}`));
  if (given === undefined) {
    throw new UsageError(`--key is missing: name the key as ${exampleOfKey(provider)}.`);
  }
  // Asks for nothing more where the key is none.
  chosenKey(provider, given, undefined);
  return {
    key: chosenKey(provider, given, await idOf(provider, given, project, options, questions)),
    newKey: undefined,
  };
}

function local(project: Project, { key, id }: InitOptions): Asked {
  if (key?.startsWith('local:') === true) {
    // It is read, so that one which cannot be used is told now.
    const { id: name } = LocalKey.fromUri(key);
    return {
      key: { ...localKey(decodeURIComponent(new URL(key).pathname), name), uri: key },
      newKey: undefined,
    };
  }
  const name = checkId(key ?? (id === false ? undefined : id) ?? proposedId(project.name));
  return { key: localKey(join(project.directory, KEYRING_FILE), name), newKey: name };
}

async function providerBy(questions: Questions | undefined): Promise<ProviderName> {
  const said = await questions?.ask(`Which key service? ${PROVIDER_NAMES.join(', ')}`, 'local');
  const found = PROVIDER_NAMES.find((name) => name === said);
  if (found !== undefined) return found;
  throw new UsageError(`--provider must be one of ${PROVIDER_NAMES.join(', ')}.`);
}

/**
 * The name of the key in payloads: the service's own is long, stands in each of them, and changes when the
 * key is moved.
 */
async function idOf(
  provider: ProviderName,
  given: string,
  { name }: Project,
  { id }: InitOptions,
  questions: Questions | undefined,
): Promise<string | undefined> {
  if (id === false || /[?&]id=/.test(given)) return undefined;
  if (id !== undefined) return checkId(id);
  if (!isIdWorthIt(provider)) return undefined;
  const proposal = proposedId(name);
  if (questions === undefined) return proposal;
  return checkId(await questions.ask('A short name of the key for payloads, which never changes', proposal));
}
