import { randomBytes } from 'node:crypto';

import { expect, it } from '@jest/globals';
import { KeyServiceError } from '@waxseal/core';
import type { KeyRequestOptions, WrappedKey } from '@waxseal/core/provider';

import { keyProviderCases, runKeyProviderCase } from '../src';
import { ModelKey } from './support/model-key';
import { modelSubject } from './support/model-subject';

type Wrap = Parameters<ModelKey['wrap']>;
type Unwrap = Parameters<ModelKey['unwrap']>;

/** Providers that break one rule, and the case that must see it. */
const BROKEN: readonly (readonly [string, string, typeof ModelKey])[] = [
  [
    'calls when constructed',
    'is constructed without a call',
    class extends ModelKey {
      constructor(...given: ConstructorParameters<typeof ModelKey>) {
        super(...given);
        void this.wrap(randomBytes(32), Buffer.of(1)).catch(() => undefined);
      }
    },
  ],
  [
    'gives a wrong data key for what does not open',
    'with any one byte changed',
    class extends ModelKey {
      override unwrap(...given: Unwrap): Promise<Uint8Array> {
        return super.unwrap(...given).catch(() => randomBytes(32));
      }
    },
  ],
  [
    'takes a cut wrapped key',
    'cut off anywhere',
    class extends ModelKey {
      override unwrap(wrapped: WrappedKey, ...rest: [Uint8Array, KeyRequestOptions?]): Promise<Uint8Array> {
        if (wrapped.bytes.length === 0) return Promise.resolve(randomBytes(32));
        return super.unwrap(wrapped, ...rest);
      }
    },
  ],
  [
    'does not pass the AAD on',
    'refuses another AAD',
    class extends ModelKey {
      override wrap(dataKey: Uint8Array, _aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
        return super.wrap(dataKey, Buffer.of(1), options);
      }
      override unwrap(
        wrapped: WrappedKey,
        _aad: Uint8Array,
        options?: KeyRequestOptions,
      ): Promise<Uint8Array> {
        return super.unwrap(wrapped, Buffer.of(1), options);
      }
    },
  ],
  [
    'owns whatever it is shown',
    'owns no key ID but its own',
    class extends ModelKey {
      override owns(): boolean {
        return true;
      }
    },
  ],
  [
    'asks the service about foreign key IDs',
    'asks the service nothing',
    class extends ModelKey {
      override async unwrap(...given: Unwrap): Promise<Uint8Array> {
        this.service.requests += 1;
        return super.unwrap(...given);
      }
    },
  ],
  [
    'ignores the version in the key ID',
    'names another version than made it',
    class extends ModelKey {
      override unwrap(wrapped: WrappedKey, ...rest: [Uint8Array, KeyRequestOptions?]): Promise<Uint8Array> {
        return super.unwrap({ ...wrapped, keyId: `${this.id}/v${String(wrapped.bytes[0])}` }, ...rest);
      }
    },
  ],
  [
    'creates a key that is not there',
    'and does not make it',
    class extends ModelKey {
      override wrap(...given: Wrap): Promise<WrappedKey> {
        if (!this.service.keys.has('none')) this.service.create('none');
        return super.wrap(...given);
      }
    },
  ],
  [
    'shows the data key in its errors',
    'of a disabled key',
    class extends ModelKey {
      override wrap(...given: Wrap): Promise<WrappedKey> {
        return super.wrap(...given).catch((error: unknown) => {
          const { keyId, reason } = error as KeyServiceError;
          throw new KeyServiceError(keyId, reason, {
            cause: new Error(Buffer.from(given[0]).toString('base64')),
          });
        });
      }
    },
  ],
  [
    'shows a password when it is logged',
    'shows no secret when it is logged',
    class extends ModelKey {
      readonly password = 'model-service-password';
    },
  ],
  [
    'rejects with another error',
    'when the caller may not use the key',
    class extends ModelKey {
      override wrap(...given: Wrap): Promise<WrappedKey> {
        return super.wrap(...given).catch(() => {
          throw new Error('403');
        });
      }
    },
  ],
  [
    'does not try again',
    'tries again when it is throttled',
    class extends ModelKey {
      protected override async ask<T>(
        keyId: string,
        _options: unknown,
        attempt: (signal: AbortSignal) => Promise<T>,
      ): Promise<T> {
        return attempt(new AbortController().signal).catch((error: unknown) => {
          throw new KeyServiceError(keyId, (error as KeyServiceError).reason);
        });
      }
    },
  ],
  [
    'has no deadline',
    'when the service is too slow',
    class extends ModelKey {
      protected override ask<T>(
        _keyId: string,
        _options: unknown,
        attempt: (signal: AbortSignal) => Promise<T>,
      ): Promise<T> {
        return attempt(new AbortController().signal);
      }
    },
  ],
  [
    'ignores the signal',
    'is aborted already',
    class extends ModelKey {
      override wrap(dataKey: Uint8Array, aad: Uint8Array): Promise<WrappedKey> {
        return super.wrap(dataKey, aad);
      }
    },
  ],
  [
    'zeroes its input',
    'leaves what it is given unchanged',
    class extends ModelKey {
      override async wrap(...given: Wrap): Promise<WrappedKey> {
        const wrapped = await super.wrap(...given);
        given[0].fill(0);
        return wrapped;
      }
    },
  ],
  [
    'hands out one buffer twice',
    'gives fresh buffers',
    class extends ModelKey {
      #last: Uint8Array | undefined;
      override async unwrap(...given: Unwrap): Promise<Uint8Array> {
        const opened = await super.unwrap(...given);
        this.#last ??= new Uint8Array(32);
        this.#last.set(opened);
        return this.#last;
      }
    },
  ],
  [
    'reads beyond a view',
    'takes views into larger buffers',
    class extends ModelKey {
      override wrap(dataKey: Uint8Array, ...rest: [Uint8Array, KeyRequestOptions?]): Promise<WrappedKey> {
        return super.wrap(new Uint8Array(dataKey.buffer).subarray(0, 32), ...rest);
      }
    },
  ],
  [
    'describes every key as usable',
    'describes a disabled key as not usable',
    class extends ModelKey {
      override async describe(): ReturnType<ModelKey['describe']> {
        return { ...(await super.describe()), isUsable: true };
      }
    },
  ],
  [
    'shows a password in its description',
    'describes a key that wraps as usable',
    class extends ModelKey {
      override async describe(): ReturnType<ModelKey['describe']> {
        return { ...(await super.describe()), details: { login: 'model-service-password' } };
      }
    },
  ],
  [
    'promises every right',
    'does not promise what the caller may not do',
    class extends ModelKey {
      override checkPermissions(): ReturnType<ModelKey['checkPermissions']> {
        return Promise.resolve({ caller: undefined, wrap: { allowed: true }, unwrap: { allowed: true } });
      }
    },
  ],
  [
    'looks at the key before it wraps',
    'with the rights of a worker alone',
    class extends ModelKey {
      override async wrap(...given: Wrap): Promise<WrappedKey> {
        await this.describe();
        return super.wrap(...given);
      }
    },
  ],
  [
    'looks at the key before it unwraps',
    'with the rights of a server that only decodes',
    class extends ModelKey {
      override async unwrap(...given: Unwrap): Promise<Uint8Array> {
        await this.describe();
        return super.unwrap(...given);
      }
    },
  ],
  [
    'takes one right for both',
    'with the rights of a server that only decodes',
    class extends ModelKey {
      override async checkPermissions(aad: Uint8Array): ReturnType<ModelKey['checkPermissions']> {
        const { caller, unwrap } = await super.checkPermissions(aad);
        return { caller, wrap: unwrap, unwrap };
      }
    },
  ],
  [
    'asks for more than its documents say, to check',
    'with the rights for it alone',
    class extends ModelKey {
      override async checkPermissions(aad: Uint8Array): ReturnType<ModelKey['checkPermissions']> {
        const { caller, wrap } = await super.checkPermissions(aad);
        return { caller, wrap, unwrap: { allowed: false, error: new KeyServiceError(this.id, 'denied') } };
      }
    },
  ],
  ...['cannot be reached', 'is too slow', 'an exhausted quota'].map(
    (fault) =>
      [
        'denies a right where nothing was answered',
        `does not take ${fault === 'an exhausted quota' ? fault : `a service that ${fault}`} for a missing right`,
        class extends ModelKey {
          override async checkPermissions(
            ...given: Parameters<ModelKey['checkPermissions']>
          ): ReturnType<ModelKey['checkPermissions']> {
            try {
              return await super.checkPermissions(...given);
            } catch (error) {
              const no = { allowed: false, error: error as KeyServiceError } as const;
              return { caller: undefined, wrap: no, unwrap: no };
            }
          }
        },
      ] as const,
  ),
];

it.each(BROKEN)('a provider that %s fails the case "%s"', async (_what, name, Key) => {
  const testCase = keyProviderCases.find((one) => one.name.includes(name));
  if (testCase === undefined) throw new Error(`There is no case "${name}".`);
  await expect(runKeyProviderCase(testCase, modelSubject(ModelKey))).resolves.toEqual({ ran: true });
  await expect(runKeyProviderCase(testCase, modelSubject(Key))).rejects.toThrow();
});
