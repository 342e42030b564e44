import { ConfigurationError, isKeyId } from '@waxseal/core';

import { decodeKeyMaterial } from './decode-key-material';
import { LOCAL_KEYRING_FORMAT, type LocalKeyring } from './local-keyring';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a key-ring document and checks all of it (docs/spec/local-key.md §2).
 *
 * @param source where the text comes from, for messages; they never hold the text
 * @throws ConfigurationError that names the field
 */
export function parseLocalKeyring(text: string, source: string): LocalKeyring {
  const fail = (what: string): never => {
    throw new ConfigurationError(`${source} is not a key-ring: ${what} Write one with "waxseal keygen".`);
  };
  const fields = (value: unknown, where: string, names: readonly string[] | undefined): Fields => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return fail(`${where} is no object.`);
    const unexpected = names && Object.keys(value).find((name) => !names.includes(name));
    if (unexpected !== undefined) return fail(`${where} has an unknown field ${JSON.stringify(unexpected)}.`);
    return value as Fields;
  };

  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which holds key material.
    return fail('it is no JSON.');
  }
  const root = fields(document, 'the document', ['format', 'primary', 'keys']);
  if (root['format'] !== LOCAL_KEYRING_FORMAT)
    fail(`format must be ${JSON.stringify(LOCAL_KEYRING_FORMAT)}.`);
  const keys = fields(root['keys'], 'keys', undefined);
  if (typeof root['primary'] !== 'string' || !Object.hasOwn(keys, root['primary'])) {
    fail('primary must be the name of one of the keys.');
  }
  for (const [name, value] of Object.entries(keys)) {
    const where = `keys[${JSON.stringify(name)}]`;
    if (!isKeyId(name)) fail(`${where}: a name must be 1 to 1,024 bytes without control characters.`);
    const entry = fields(value, where, ['primaryVersion', 'versions']);
    const versions = fields(entry['versions'], `${where}.versions`, undefined);
    if (
      typeof entry['primaryVersion'] !== 'number' ||
      !Object.hasOwn(versions, String(entry['primaryVersion']))
    ) {
      fail(`${where}.primaryVersion must be one of the versions.`);
    }
    for (const [version, versionValue] of Object.entries(versions)) {
      const at = `${where}.versions[${JSON.stringify(version)}]`;
      if (!/^[1-9]\d{0,8}$/.test(version)) fail(`${at}: a version must be a whole number from 1.`);
      const { createdAt, material } = fields(versionValue, at, ['createdAt', 'material']);
      if (typeof createdAt !== 'string' || Number.isNaN(Date.parse(createdAt)))
        fail(`${at}.createdAt must be a time.`);
      if (decodeKeyMaterial(material) === undefined) fail(`${at}.material must be 32 bytes in base64.`);
    }
  }
  return document as LocalKeyring;
}
