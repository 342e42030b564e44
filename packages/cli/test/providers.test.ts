import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startOpenBao, type OpenBaoServer } from '@waxseal/bring-up';
import { startAwsKmsDouble, type AwsKmsDouble } from '@waxseal/testing';

import { ended, startWaxseal, waitForLine } from './support/waxseal';

const PAYLOAD = { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'MQ==' };

let kms: AwsKmsDouble;
let bao: OpenBaoServer;

beforeAll(async () => {
  [kms, bao] = await Promise.all([startAwsKmsDouble(), startOpenBao()]);
  await bao.admin('POST', 'sys/mounts/transit', { type: 'transit' });
  await bao.admin('POST', 'transit/keys/orders');
}, 120_000);

afterAll(async () => {
  await Promise.all([kms.close(), bao.stop()]);
});

/** A key's URI, and the environment that the provider needs. */
interface Configured {
  readonly uri: string;
  readonly environment: Readonly<Record<string, string>>;
}

const PROVIDERS: Record<string, () => Configured> = {
  'AWS KMS': () => ({
    uri: `awskms:///${kms.createKey().arn}`,
    environment: {
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
      AWS_ACCESS_KEY_ID: 'AKIDTEST',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
  }),
  'OpenBao Transit': () => ({
    uri: 'vaulttransit://transit/orders',
    environment: { BAO_ADDR: bao.address, BAO_TOKEN: bao.rootToken },
  }),
};

describe('waxseal serve, with keys by URI', () => {
  it.each(Object.keys(PROVIDERS))('encodes and decodes under a key of %s', async (name) => {
    const { uri, environment } = PROVIDERS[name]?.() ?? { uri: '', environment: {} };
    const child = startWaxseal(['serve', '--port', '0', '--allow-encode'], {
      ...environment,
      WAXSEAL_PRIMARY_KEY: uri,
    });
    const end = ended(child);
    try {
      const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
      const body = JSON.stringify({ payloads: [PAYLOAD] });
      const encoded = await (await fetch(`${url}/orders/encode`, { method: 'POST', body })).text();
      expect(encoded).toContain(Buffer.from('binary/envelope').toString('base64'));
      const decoded = await fetch(`${url}/orders/decode`, { method: 'POST', body: encoded });
      expect(await decoded.text()).toBe(body);
    } finally {
      child.kill('SIGTERM');
    }
    expect((await end).exitCode).toBe(0);
  });
});
