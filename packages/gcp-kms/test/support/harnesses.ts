import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { KeyManagementServiceClient } from '@google-cloud/kms';
import type { KeyProviderHarness, KeyProviderRole } from '@waxseal/conformance';
import { documentedRights } from '@waxseal/test-support';
import { startGcpKmsDouble, type GcpKmsDouble, type GcpKmsDoubleOptions } from '@waxseal/testing';

import { GcpKmsKey } from '../../src';

/** What the predefined roles of the README hold, of what this provider uses. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  'roles/cloudkms.cryptoKeyEncrypterDecrypter': [
    'cloudkms.cryptoKeyVersions.useToEncrypt',
    'cloudkms.cryptoKeyVersions.useToDecrypt',
  ],
  'roles/cloudkms.cryptoKeyDecrypter': ['cloudkms.cryptoKeyVersions.useToDecrypt'],
};
const PERMISSIONS = [
  'cloudkms.cryptoKeyVersions.useToEncrypt',
  'cloudkms.cryptoKeyVersions.useToDecrypt',
  'cloudkms.cryptoKeys.get',
  'cloudkms.cryptoKeyVersions.get',
] as const;

/** The permissions that a command or a definition of a role in the README gives. */
function granted(role: KeyProviderRole): readonly string[] {
  const directory = join(__dirname, '../..');
  if (role === 'doctor') {
    const [definition = ''] = /^title: Waxseal doctor\n[^]*?^```/m.exec(README(directory)) ?? [];
    return [...definition.matchAll(/^ +- (\S+)$/gm)].map(([, permission]) => String(permission));
  }
  const [, named = ''] = /--role=(\S+)/.exec(documentedRights(directory, 'sh')[role]) ?? [];
  const permissions = ROLES[named];
  if (permissions === undefined) throw new Error(`The README gives ${role} the unknown role ${named}.`);
  return permissions;
}

const README = (directory: string): string => readFileSync(join(directory, 'README.md'), 'utf8');

/** A double with a client of it, and the secrets of its service account. */
interface Service {
  readonly kms: GcpKmsDouble;
  readonly client: KeyManagementServiceClient;
  readonly secrets: readonly string[];
}

/** Harnesses on one double and one client, which cost more to make than a case; each has keys of its own. */
export class Harnesses {
  readonly #options: GcpKmsDoubleOptions & { readonly id?: string };
  #service: Promise<Service> | undefined;

  constructor(options: GcpKmsDoubleOptions & { readonly id?: string } = {}) {
    this.#options = options;
  }

  /** Two new keys of the double, spoken to by the real SDK client. */
  async open(): Promise<KeyProviderHarness> {
    this.#service ??= start(this.#options);
    const { kms, client, secrets } = await this.#service;
    const [a, b] = [kms.createKey(), kms.createKey()];
    const key = (keyName: string, id?: string): GcpKmsKey => new GcpKmsKey({ client, keyName, id });
    return {
      secrets,
      key: () => key(a.name, this.#options.id),
      otherKey: () => key(b.name),
      unknownKey: () => key(kms.keyName('missing')),
      disableKey: () => {
        a.disable();
      },
      enableKey: () => {
        a.enable();
      },
      deleteKey: () => {
        a.scheduleDestruction();
      },
      rotate: () => {
        a.rotate();
      },
      deny: () => {
        kms.deny('cloudkms.cryptoKeyVersions.useToEncrypt', a);
        kms.deny('cloudkms.cryptoKeyVersions.useToDecrypt', a);
      },
      grantOnly: (role) => {
        const permissions = granted(role);
        for (const permission of PERMISSIONS) {
          if (permissions.includes(permission)) kms.allow(permission);
          else kms.deny(permission);
        }
      },
      throttle: (times) => {
        kms.next({ error: 'RESOURCE_EXHAUSTED', reason: 'RATE_LIMIT_EXCEEDED' }, times);
      },
      disconnect: () => this.close(),
      delay: (ms) => {
        kms.latencyMs = ms;
      },
      cut: (times) => {
        kms.next({ cut: true }, times);
      },
      requests: () => kms.requests.length,
      close: () => {
        kms.reset();
      },
    };
  }

  /** Stops the double; the next harness has a new one. */
  async close(): Promise<void> {
    const service = this.#service;
    this.#service = undefined;
    await (await service)?.kms.close();
  }
}

async function start(options: GcpKmsDoubleOptions): Promise<Service> {
  const kms = await startGcpKmsDouble(options);
  const clientOptions = await kms.clientOptions();
  const { private_key, private_key_id } = clientOptions.credentials;
  const client = new KeyManagementServiceClient(clientOptions);
  return { kms, client, secrets: [private_key, private_key_id, 'Bearer eyJ'] };
}
