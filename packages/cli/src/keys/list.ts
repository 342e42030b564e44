import type { LoadedConfig } from '@waxseal/config';
import { envelopeCodecOf, type KeyringEntry } from '@waxseal/core/internal';
import { EXIT } from '../failure/exit-codes';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import { entriesOf } from '../doctor/key-checks';
import { type Output, version } from '../output';
import { describedKey, type DescribedKey } from './described-key';
import { formatKeys } from './key-table';
import { withProgress } from '../terminal/progress';

/** What `waxseal keys list` takes. */
export interface ListOptions extends KeyOptions {
  readonly namespace?: readonly string[];
  readonly json?: true;
}

/** What `waxseal keys list --json` prints. */
export interface KeyList {
  /** Whether no key is known to be unusable. */
  readonly ok: boolean;
  readonly version: string;
  /** The configuration file; `null` where there is none. */
  readonly config: string | null;
  /** ISO 8601, by this machine's clock. */
  readonly time: string;
  readonly keys: readonly DescribedKey[];
}

/**
 * Asks the services of the configured keys what they record of them, and prints it. Sets the exit code of the
 * process.
 */
export async function list(options: ListOptions, { line, notice }: Output): Promise<void> {
  const config = await configurationOf(options);
  if (!options.json) for (const text of configurationLines(config)) notice(text);
  try {
    const entries = allEntriesOf(config, options.namespace ?? []);
    const keys = await withProgress('asking the key services', () =>
      Promise.all(entries.map(({ entry, namespaces }) => describedKey(entry, namespaces))),
    );
    const ok = keys.every(({ usable }) => usable !== false);
    const time = new Date().toISOString();
    const report: KeyList = { ok, version: version(), config: config.source ?? null, time, keys };
    for (const text of options.json ? [JSON.stringify(report, null, 2)] : formatKeys(keys)) line(text);
    if (!ok) process.exitCode = EXIT.failed;
  } finally {
    config.codec.close();
  }
}

type Entries = readonly { readonly entry: KeyringEntry; readonly namespaces: readonly string[] }[];

/**
 * The keys of the configuration, and those of `server.namespaces`, each once in each role.
 *
 * @throws ConfigurationError when keys are chosen by namespace, and none is named
 */
function allEntriesOf({ keyring, server }: LoadedConfig, asked: readonly string[]): Entries {
  const own = Object.entries(server.namespaces ?? {}).filter(
    ([name]) => asked.length === 0 || asked.includes(name),
  );
  const others = asked.filter((name) => !own.some(([served]) => served === name));
  const areAllServed = typeof keyring === 'function' && asked.length > 0 && others.length === 0;
  const all = areAllServed ? [] : entriesOf(keyring, others).map((one) => ({ ...one }));
  for (const [name, { codec, codecs = [] }] of own) {
    const given = codec === undefined ? codecs : [codec, ...codecs];
    const entries = given
      .flatMap((each) => envelopeCodecOf(each) ?? [])
      .flatMap((each) => entriesOf(each.keyring, [name]));
    for (const { entry } of entries) {
      const same = all.find((other) => other.entry.key === entry.key && other.entry.role === entry.role);
      if (same === undefined) all.push({ entry, namespaces: [name] });
      else if (same.namespaces.length > 0 && !same.namespaces.includes(name)) same.namespaces.push(name);
    }
  }
  return all;
}
