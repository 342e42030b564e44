import { describe, expect, it } from '@jest/globals';

import { AwsKmsKey } from '../src';
import { optionsFromUri } from '../src/from-uri';

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe('AwsKmsKey.fromUri', () => {
  it('makes the key, and asks nothing', () => {
    expect(AwsKmsKey.fromUri(`awskms:///${ARN}`).id).toBe(ARN);
    expect(AwsKmsKey.fromUri(`awskms:///${ARN}?id=orders`).id).toBe('orders');
    expect(() => AwsKmsKey.fromUri(`awskms:///${ARN}?id=`)).toThrow('id');
    expect(AwsKmsKey.fromUri(new URL('awskms:///alias%2Forders?region=eu-west-1')).id).toBe('alias/orders');
  });

  it.each([
    [`awskms:///${ARN}`, 'eu-west-1'],
    [`awskms:///${ARN.replace(/key.*/, 'alias/orders')}`, 'eu-west-1'],
    [`awskms:///${ARN}?region=us-east-1`, 'us-east-1'],
  ])('%s is asked in %s, once each time', async (uri, region) => {
    const { config } = optionsFromUri(uri).client as unknown as {
      config: { region(): Promise<string>; maxAttempts(): Promise<number> };
    };
    expect(await config.region()).toBe(region);
    expect(await config.maxAttempts()).toBe(1);
  });

  it.each(['awskms://host/key', 'awskms:///', `awskms:///${ARN}?regoin=eu-west-1`, 'awskms:///%zz'])(
    'refuses %s and says how it is written',
    (uri) => {
      expect(() => AwsKmsKey.fromUri(uri)).toThrow(
        expect.objectContaining({ code: 'WAXSEAL_CONFIGURATION' }),
      );
      expect(() => AwsKmsKey.fromUri(uri)).toThrow('URI');
    },
  );
});
