import { keyFromUri, type LoadedConfig } from '@waxseal/config';
import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import type { KeyringEntry } from '@waxseal/core/internal';
import { UsageError } from '../failure/command-errors';
import { fieldsOf } from './key-fields';
import type { Holding, Stage } from './rotation';

/** A key of a rotation. */
export interface RotationKey {
  readonly id: string;
  /** What the configuration at hand has it for. */
  readonly role: Holding;
  /** `undefined` where it is not configured by URI. */
  readonly uri: string | undefined;
  /** `undefined` where only its ID is known. */
  readonly key: KeyEncryptionKey | undefined;
  readonly limits: KeyringEntry['limits'];
}

/** The two keys of a rotation. */
export interface RotationKeys {
  readonly next: RotationKey;
  /** The one whose place is taken; `undefined` where there is none. */
  readonly previous: RotationKey | undefined;
}

/**
 * The keys that a rotation is about.
 *
 * @param to URI or ID of the new key
 * @param from URI or ID of the old one; by default the primary key, and once that is the new one the only key
 *   that just decrypts
 * @throws UsageError when one of them cannot be told
 * @throws ConfigurationError when keyrings are chosen by a function and a stage would change them
 */
export async function rotationKeys(
  config: LoadedConfig,
  stage: Stage,
  to: string,
  from: string | undefined,
): Promise<RotationKeys> {
  if (typeof config.keyring === 'function' && stage !== 'status') {
    throw new ConfigurationError(
      'The configuration chooses keyrings by a function: change it there, by docs/key-rotation.md. "waxseal keys rotate status" says how far it is.',
    );
  }
  const all = await configuredKeys(config);
  const next = (await find(all, config, to)) ?? unconfigured(to);
  if (stage === 'add' && next.key === undefined) {
    throw new UsageError(
      `--to: ${JSON.stringify(to)} is not configured, so give the URI of the key, not its ID.`,
    );
  }
  if (from !== undefined) {
    const previous = (await find(all, config, from)) ?? unconfigured(from);
    if (previous.id === next.id) throw new UsageError('--from and --to name the same key.');
    return { next, previous };
  }
  const primary = all.find(({ role }) => role === 'primary');
  if (primary !== undefined && primary.id !== next.id && stage !== 'retire')
    return { next, previous: primary };
  const others = all.filter(({ id, role }) => role === 'decryptOnly' && id !== next.id);
  if (stage === 'retire' && others.length !== 1) {
    const ids = others.map(({ id }) => id).join(', ');
    const which = others.length === 0 ? 'no key just decrypts here' : `these just decrypt here: ${ids}`;
    throw new UsageError(`Name the key that is to go with --from <uri or key ID>: ${which}.`);
  }
  return { next, previous: others.length === 1 ? others[0] : undefined };
}

async function configuredKeys({ keyring, named }: LoadedConfig): Promise<readonly RotationKey[]> {
  if (typeof keyring === 'function') return [];
  const uris = new Map<string, string>();
  if (named !== undefined) {
    const { primaryKey, additionalKeys, decryptKeys } = fieldsOf(named);
    // The first to name a key is the one that holds.
    for (const uri of [
      ...decryptKeys,
      ...additionalKeys,
      ...(primaryKey === undefined ? [] : [primaryKey]),
    ]) {
      uris.set((await keyFromUri(uri, process.env, named)).id, uri);
    }
  }
  return keyring
    .entries()
    .map(({ key, role, limits }) => ({ id: key.id, role, uri: uris.get(key.id), key, limits }));
}

/** @throws ConfigurationError when it is a URI of no key */
async function find(
  all: readonly RotationKey[],
  { named }: LoadedConfig,
  text: string,
): Promise<RotationKey | undefined> {
  const known = all.find(({ id, uri }) => id === text || uri === text);
  // Azure's key IDs are URLs.
  if (known !== undefined || !/^(?!https?:)[a-z][a-z0-9+.-]*:\/\//.test(text)) return known;
  const key = await keyFromUri(text, process.env, named ?? {});
  return (
    all.find(({ id }) => id === key.id) ?? { id: key.id, role: 'absent', uri: text, key, limits: undefined }
  );
}

function unconfigured(id: string): RotationKey {
  return { id, role: 'absent', uri: undefined, key: undefined, limits: undefined };
}
