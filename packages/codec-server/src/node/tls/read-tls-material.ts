import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@waxseal/core';
import type { PemSource } from './pem-source';
import type { TlsMaterial } from './tls-material';
import type { TlsSettings } from './tls-settings';

/** @throws ConfigurationError that names the file that cannot be read */
export async function readTlsMaterial({ cert, key, clientCa }: TlsSettings): Promise<TlsMaterial> {
  return {
    cert: await read(cert),
    key: await read(key),
    clientCa: clientCa === undefined ? undefined : await read(clientCa),
  };
}

async function read({ field, value, isFile }: PemSource): Promise<string> {
  if (!isFile) return value;
  try {
    return await readFile(value, 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(
      `${field}: ${JSON.stringify(value)} cannot be read (${code}). Check the path and who may read it.`,
    );
  }
}
