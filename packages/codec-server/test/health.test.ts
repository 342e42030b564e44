import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  Keyring,
  KeyServiceError,
  type KeyDescription,
  type KeyEncryptionKey,
  type KeyPermissions,
  type KeyServiceErrorReason,
} from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { createCodecServer, keyReadiness, type CodecServerOptions } from '../src';
import { MaskCodec } from './support/mask-codec';

type Answer = 'allowed' | 'disabled' | KeyServiceErrorReason;

/** A key whose service answers what a test says, and how often it was asked. */
class ToldKey extends LocalKey {
  asked = 0;
  answer: Answer = 'allowed';
  hangs = false;

  constructor(id: string) {
    super({ id, key: randomBytes(32) });
  }

  async checkPermissions(_: Uint8Array, options?: { signal?: AbortSignal }): Promise<KeyPermissions> {
    this.asked++;
    if (this.hangs) {
      await new Promise((_, reject) => {
        options?.signal?.addEventListener('abort', () => {
          reject(new KeyServiceError(this.id, 'timeout'));
        });
      });
    }
    if (this.answer === 'allowed' || this.answer === 'disabled') {
      return { caller: 'test', wrap: { allowed: true }, unwrap: { allowed: true } };
    }
    const error = new KeyServiceError(this.id, this.answer);
    if (this.answer !== 'denied') throw error;
    return { caller: 'test', wrap: { allowed: true }, unwrap: { allowed: false, error } };
  }

  override describe(): Promise<KeyDescription> {
    const isUsable = this.answer !== 'disabled';
    return Promise.resolve({
      service: 't',
      name: 't',
      state: 's',
      isUsable,
      version: undefined,
      details: {},
    });
  }
}

const keyringOf = (primary: KeyEncryptionKey, ...decryptOnly: KeyEncryptionKey[]) =>
  new Keyring({ primary, decryptOnly });

async function get(options: Partial<CodecServerOptions>, path: string, drain = false) {
  const server = createCodecServer({ codec: new MaskCodec(), ...options });
  if (drain) server.drain();
  const response = await server.fetch(new Request(`http://127.0.0.1:8081${path}`));
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe('/readyz', () => {
  it('is ready without a question to ask', async () => {
    expect(await get({}, '/readyz')).toMatchObject({ status: 200, text: 'ready\n' });
  });

  it.each<[string, NonNullable<CodecServerOptions['readiness']>, number]>([
    ['true', () => true, 200],
    ['a promise of true', () => Promise.resolve(true), 200],
    ['false', () => false, 503],
    ['something else', () => 'yes' as never, 503],
    [
      'an error',
      () => {
        throw new Error('no secret of arn:aws:kms');
      },
      503,
    ],
    ['a rejection', () => Promise.reject(new Error('no')), 503],
    ['nothing for more than a second', () => new Promise(() => undefined), 503],
  ])('takes %s for what it is', async (_, readiness, status) => {
    const answer = await get({ readiness }, '/readyz');
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('arn');
  });

  it('is not ready when it is about to stop, and stays alive', async () => {
    expect(await get({ readiness: () => true }, '/readyz', true)).toMatchObject({
      status: 503,
      text: 'draining\n',
    });
    expect(await get({}, '/healthz', true)).toMatchObject({ status: 200, text: 'ok\n' });
  });

  it('answers HEAD, and nothing but GET and HEAD', async () => {
    const server = createCodecServer({ codec: new MaskCodec() });
    const ask = (method: string) => server.fetch(new Request('http://127.0.0.1:8081/readyz', { method }));
    expect((await ask('HEAD')).status).toBe(200);
    expect((await ask('POST')).status).toBe(404);
    expect((await ask('DELETE')).status).toBe(404);
  });
});

describe('keys are ready', () => {
  const interval = 1;

  it('when one of them can be used', async () => {
    const [good, bad] = [new ToldKey('good'), new ToldKey('bad')];
    bad.answer = 'denied';
    expect(await keyReadiness([keyringOf(bad, good)], { interval })()).toBe(true);
    expect(await keyReadiness([keyringOf(bad)], { interval })()).toBe(false);
    expect(await keyReadiness([keyringOf(bad), keyringOf(good)], { interval })()).toBe(true);
  });

  it.each<Answer>(['denied', 'disabled', 'not-found', 'unavailable', 'throttled', 'timeout'])(
    'not before one could be used: %s',
    async (answer) => {
      const key = new ToldKey('a');
      key.answer = answer;
      expect(await keyReadiness([keyringOf(key)], { interval })()).toBe(false);
    },
  );

  it.each<[Answer, boolean]>([
    ['unavailable', true],
    ['throttled', true],
    ['timeout', true],
    ['denied', false],
    ['disabled', false],
    ['not-found', false],
  ])('after that, while a service says %s: %s', async (answer, expected) => {
    const key = new ToldKey('a');
    const readiness = keyReadiness([keyringOf(key)], { interval });
    expect(await readiness()).toBe(true);
    key.answer = answer;
    await settle(readiness, key);
    expect(await readiness()).toBe(expected);
    key.answer = 'allowed';
    await settle(readiness, key);
    expect(await readiness()).toBe(true);
  });

  it('without asking more than once an interval, however many ask', async () => {
    const key = new ToldKey('a');
    const readiness = keyReadiness([keyringOf(key)], { interval: '1h' });
    await Promise.all(Array.from({ length: 50 }, async () => readiness()));
    for (let count = 0; count < 50; count++) await readiness();
    expect(key.asked).toBe(1);
  });

  it('and a service that hangs keeps nobody waiting for ever', async () => {
    const key = new ToldKey('a');
    key.hangs = true;
    expect(await keyReadiness([keyringOf(key)], { timeout: 20 })()).toBe(false);
  });

  it('where a provider cannot ask', async () => {
    const key: KeyEncryptionKey = {
      id: 'silent',
      bindsAad: true,
      wrap: () => Promise.reject(new Error('not asked')),
      unwrap: () => Promise.reject(new Error('not asked')),
    };
    expect(await keyReadiness([keyringOf(key)], { interval })()).toBe(true);
  });
});

describe('/metrics', () => {
  it('is there when there is something to give', async () => {
    expect((await get({}, '/metrics')).status).toBe(404);
    const answer = await get({ metrics: () => Promise.resolve('a 1\n') }, '/metrics');
    expect(answer).toMatchObject({ status: 200, text: 'a 1\n' });
    expect(answer.headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('says nothing of why it fails', async () => {
    const answer = await get({ metrics: () => Promise.reject(new Error('secret')) }, '/metrics');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret');
  });
});

it.each(['/', '/healthz', '/readyz', '/openapi.json', '/nothing', '/decode'])(
  '%s has headers of security',
  async (path) => {
    const { headers } = await get({}, path);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('X-Frame-Options')).toMatch(/^(DENY|SAMEORIGIN)$/);
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
    expect(headers.has('Strict-Transport-Security')).toBe(false);
  },
);

/** Asks until the key was asked again and has answered. */
async function settle(readiness: () => boolean | Promise<boolean>, key: ToldKey): Promise<void> {
  const { asked } = key;
  while (key.asked === asked) {
    await readiness();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
}
