import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { createCodecServer } from '@waxseal/codec-server';
import { localKeyUri } from '@waxseal/config';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { toProtojson } from '@waxseal/test-support';
import { startAzureKeyVaultDouble, type AzureKeyVaultDouble } from '@waxseal/testing';

import { waxseal } from './support/waxseal';

const PAGE = join(__dirname, '../../../docs/troubleshooting.md');
const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** A mistake of a first day. What is seen is what the mistake gives when it is made here. */
interface Mistake {
  readonly did: string;
  /** Makes the mistake, and gives the text that is seen. */
  readonly make: () => Promise<string>;
  readonly instead: string;
}

const directory = temporaryDirectory();
let tls: AzureKeyVaultDouble;
let codec: EnvelopeCodec;

beforeAll(async () => {
  tls = await startAzureKeyVaultDouble();
  codec = codecOf('orders');
});
afterAll(async () => {
  codec.close();
  await tls.close();
});

function codecOf(id: string): EnvelopeCodec {
  return new EnvelopeCodec({ keyring: new Keyring({ primary: new LocalKey({ id, key: randomBytes(32) }) }) });
}

async function sealed(): Promise<Payload> {
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload('an order')]);
  if (payload === undefined) throw new Error('There is no payload.');
  return payload;
}

/** What `waxseal doctor` says: the line on standard error, or the check that failed. */
async function doctor(environment: NodeJS.ProcessEnv): Promise<string> {
  const { stdout, stderr } = await waxseal(['doctor'], '', { HOME: directory, ...environment }, directory);
  const [, failure] = /^ +fail +(.*)$/m.exec(stdout) ?? [];
  const [, line] = /^waxseal: (.*)$/m.exec(stderr) ?? [];
  return failure ?? line ?? '';
}

/** What a Codec Server answers to a POST. */
async function posted(server: EnvelopeCodec, headers: Record<string, string> = {}): Promise<string> {
  const { fetch } = createCodecServer({ codec: server });
  const body = JSON.stringify({ payloads: [toProtojson(await sealed())] });
  const answer = await fetch(
    new Request('http://127.0.0.1:8081/orders/decode', { method: 'POST', body, headers }),
  );
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  return `${String(answer.status)} ${error.code}: ${error.message}`;
}

/** Without credentials, and without anything that would be asked for some. */
const WITHOUT_AWS = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_PROFILE: undefined,
  AWS_REGION: undefined,
  AWS_DEFAULT_REGION: undefined,
};
const AWS = { ...WITHOUT_AWS, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

const MISTAKES: readonly Mistake[] = [
  {
    did: 'Gave the plugin to the client and not to the worker, or the other way round',
    make: async () => {
      try {
        return String(defaultPayloadConverter.fromPayload(await sealed()));
      } catch (error) {
        return (error as Error).message;
      }
    },
    instead:
      'Give the same `EnvelopePlugin` to every `Client` and every `Worker`, and pre-bundled workflows the plugin too. The Web UI and the CLI need a [Codec Server](codec-server.md). To move a running application, see [migrating.md](migrating.md)',
  },
  {
    did: 'Named no key',
    make: () => doctor({}),
    instead: 'Set `WAXSEAL_PRIMARY_KEY`, or write a [configuration file](../packages/config/README.md)',
  },
  {
    did: 'Wrote a variable with a slip',
    make: () => doctor({ WAXSEAL_PRIMARY_KYE: `awskms:///${ARN}` }),
    instead: 'Rename it',
  },
  {
    did: 'Wrote the key as the console shows it, or with two slashes',
    make: () => doctor({ WAXSEAL_PRIMARY_KEY: `awskms://${ARN}` }),
    instead: 'Take the URI that the message gives; [all forms](providers.md#by-uri-in-a-file-or-in-code)',
  },
  {
    did: 'Named an AWS key by its alias, and no region',
    make: () => doctor({ ...AWS, WAXSEAL_PRIMARY_KEY: 'awskms:///alias/orders' }),
    instead: 'Set `AWS_REGION`, write `?region=eu-west-1` behind the alias, or name the key by its ARN',
  },
  {
    did: 'Ran it where there are no AWS credentials',
    make: () => doctor({ ...WITHOUT_AWS, WAXSEAL_PRIMARY_KEY: `awskms:///${ARN}` }),
    instead: 'Give the process a role (IRSA, EKS Pod Identity, ECS task role, instance profile) or a profile',
  },
  {
    did: 'Left the key-ring file readable by others',
    make: async () => {
      const path = join(directory, 'keyring.json');
      createLocalKeyringFile(path, { id: 'orders' });
      chmodSync(path, 0o644);
      return doctor({ WAXSEAL_PRIMARY_KEY: localKeyUri(path, 'orders') });
    },
    instead: '`chmod 600`, and a new key if others may have read it',
  },
  {
    did: 'Used a Vault or OpenBao whose certificate is signed by an authority of your own',
    make: () =>
      doctor({
        VAULT_ADDR: tls.url,
        VAULT_TOKEN: 'hvs.example',
        WAXSEAL_PRIMARY_KEY: 'vaulttransit://transit/orders',
      }),
    instead: 'Set `VAULT_CACERT` to the file of that authority’s certificate',
  },
  {
    did: 'Did not allow the origin of the Web UI',
    make: () => posted(codec, { Origin: 'https://temporal.example.com' }),
    instead: 'Start the Codec Server with `--allow-origin`, once for each origin',
  },
  {
    did: 'Gave the Codec Server another key than the workers have',
    make: async () => {
      const other = codecOf('payments');
      const answer = await posted(other);
      other.close();
      return answer;
    },
    instead: 'Name the workers’ keys there too; `waxseal inspect` says which key a payload has',
  },
];

/** Without what differs from run to run, and between versions of Node.js, of which newer ones add advice. */
function settled(text: string): string {
  return text
    .replaceAll(directory, '/etc/waxseal')
    .replaceAll(/(localhost|127\.0\.0\.1):\d+/g, 'vault.example.com:8200')
    .replaceAll(/; if the root CA is installed locally[^"]*/g, '')
    .replaceAll('|', '\\|')
    .replaceAll('<', '\\<');
}

it('docs/troubleshooting.md has what the ten commonest mistakes of a first day give', async () => {
  const rows = ['| You have | You see | Instead |', '| --- | --- | --- |'];
  for (const { did, make, instead } of MISTAKES) {
    const seen = settled(await make());
    expect(seen).not.toBe('');
    rows.push(`| ${did} | ${seen} | ${instead}. |`);
  }
  const page = readFileSync(PAGE, 'utf8');
  const [before = '', after] = page.split(/(?<=<!-- first-day:begin -->).*(?=<!-- first-day:end -->)/s);
  const written = `${before}\n\n${rows.join('\n')}\n\n${after ?? 'The marks of the table are missing.'}`;
  if (process.env['WAXSEAL_WRITE_DOCS'] === '1') writeFileSync(PAGE, written);
  else expect(page).toBe(written);
});
