import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { describe, expect, it, jest } from '@jest/globals';
import { Keyring, KeyServiceError, type KeyEncryptionKey, type KeyServiceErrorReason } from '@waxseal/core';
import type { KeyDescription, KeyPermissions } from '@waxseal/core/provider';
import type { KeyringEntry } from '@waxseal/core/internal';
import { LocalKey } from '@waxseal/local-key';
import { createCodecServer, keyReadiness, type CodecServerOptions } from '../src';
import { checkKey } from '../src/readiness';
import { MaskCodec } from './support/mask-codec';

const ALLOWED: KeyPermissions = { caller: 'test', wrap: { allowed: true }, unwrap: { allowed: true } };

type KeyringRole = KeyringEntry['role'];
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
      return ALLOWED;
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
    const startedAt = Date.now();
    const answer = await get({ readiness }, '/readyz');
    expect(answer.status).toBe(status);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
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

describe('/readyz?key=', () => {
  const interval = '30s';
  const ask = (readiness: CodecServerOptions['readiness'], keyId: string) =>
    get({ readiness }, `/readyz?key=${encodeURIComponent(keyId)}`);

  it('says of a key that is configured that it can be used, asking its service once an interval', async () => {
    const [old, next] = [new ToldKey('old/1'), new ToldKey('new key')];
    const readiness = keyReadiness([new Keyring({ primary: old, decryptOnly: [next] })], { interval });
    for (let times = 0; times < 3; times++) {
      expect(await ask(readiness, 'new key')).toMatchObject({
        status: 200,
        text: 'this key is configured here and can be used\n',
      });
      expect((await ask(readiness, 'old/1')).status).toBe(200);
    }
    expect([old.asked, next.asked]).toEqual([1, 1]);
  });

  it('knows no other key, asks no service for it, and repeats nothing', async () => {
    const key = new ToldKey('a');
    // A key by an alias that is not resolved owns every key of its account.
    key.owns = () => true;
    const readiness = keyReadiness([keyringOf(key)], { interval });
    for (const keyId of ['b', '', 'A', 'a ', 'a'.repeat(8_000), '<script>', '__proto__']) {
      expect(await ask(readiness, keyId)).toMatchObject({
        status: 404,
        text: 'no key of that ID is configured here\n',
      });
    }
    expect(key.asked).toBe(0);
  });

  it.each<[Answer, string]>([
    ['denied', 'refuses'],
    ['disabled', 'refuses'],
    ['unavailable', 'does not answer'],
    ['timeout', 'does not answer'],
  ])(
    'says no while the service of that key says %s, though the others can be used',
    async (answer, words) => {
      const [good, bad] = [new ToldKey('good'), new ToldKey('bad')];
      bad.answer = answer;
      const readiness = keyReadiness([keyringOf(good, bad)], { interval });
      expect((await get({ readiness }, '/readyz')).status).toBe(200);
      const { status, text } = await ask(readiness, 'bad');
      expect([status, text]).toEqual([503, `the key is configured here, and its service ${words}\n`]);
      expect((await ask(readiness, 'good')).status).toBe(200);
      expect(bad.asked).toBe(1);
    },
  );

  it('says no where one of two keyrings has the key and may not use it', async () => {
    const [mine, theirs] = [new ToldKey('a'), new ToldKey('a')];
    theirs.answer = 'denied';
    const readiness = keyReadiness([keyringOf(mine), keyringOf(theirs)], { interval });
    expect((await ask(readiness, 'a')).status).toBe(503);
  });

  it('does not say yes of a service that is silent, nor before anything is known', async () => {
    const key = new ToldKey('a');
    key.hangs = true;
    expect(await ask(keyReadiness([keyringOf(key)], { interval }), 'a')).toMatchObject({ status: 503 });
    const failing = Object.assign(() => true, { ofKey: () => Promise.reject(new Error('secret')) });
    const { status, text } = await ask(failing, 'a');
    expect([status, text]).toEqual([503, 'the key is configured here, and its service does not answer\n']);
  });

  it('says that it cannot tell, where readiness is a function of another kind, or none', async () => {
    for (const readiness of [undefined, () => true]) {
      expect(await ask(readiness, 'a')).toMatchObject({
        status: 404,
        text: 'this server does not tell of single keys\n',
      });
    }
  });

  it('says no while the server is about to stop', async () => {
    const readiness = keyReadiness([keyringOf(new ToldKey('a'))], { interval });
    expect(await get({ readiness }, '/readyz?key=a', true)).toMatchObject({
      status: 503,
      text: 'draining\n',
    });
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

  it('nor does one whose provider ignores that it took too long', async () => {
    const deaf = new ToldKey('deaf');
    deaf.checkPermissions = () => {
      deaf.asked++;
      return deaf.asked === 1 ? new Promise(() => undefined) : Promise.resolve(ALLOWED);
    };
    const readiness = keyReadiness([keyringOf(deaf)], { interval, timeout: 20 });
    expect(await readiness()).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await readiness()).toBe(true);
  });

  it('without waiting for a service that hangs, once one could be used', async () => {
    const key = new ToldKey('a');
    const readiness = keyReadiness([keyringOf(key)], { interval, timeout: 300 });
    expect(await readiness()).toBe(true);
    key.hangs = true;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const startedAt = Date.now();
    for (let count = 0; count < 3; count++) {
      expect(await readiness()).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(Date.now() - startedAt).toBeLessThan(200);
    expect(key.asked).toBe(2);
  });

  it('when it is asked again: after two seconds while it is not, else after the interval', async () => {
    let now = 10_000_000;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
    const key = new ToldKey('a');
    key.answer = 'denied';
    const readiness = keyReadiness([keyringOf(key)], { interval: '30s' });
    const askedAfter = async (ms: number) => {
      now += ms;
      await readiness();
      await new Promise((resolve) => setImmediate(resolve));
      return key.asked;
    };
    expect([await askedAfter(0), await askedAfter(1_999), await askedAfter(1)]).toEqual([1, 1, 2]);
    key.answer = 'allowed';
    expect([await askedAfter(2_000), await askedAfter(29_999), await askedAfter(1)]).toEqual([3, 3, 4]);
    const often = keyReadiness([keyringOf(key)], { interval: '1s' });
    key.answer = 'denied';
    await often();
    now += 1_000;
    await often();
    expect(key.asked).toBe(6);
    clock.mockRestore();
  });

  it('while one service refuses and another does not answer', async () => {
    const [refusing, silent] = [new ToldKey('refusing'), new ToldKey('silent')];
    const readiness = keyReadiness([keyringOf(refusing, silent)], { interval });
    expect(await readiness()).toBe(true);
    refusing.answer = 'denied';
    silent.answer = 'unavailable';
    await settle(readiness, silent);
    expect(await readiness()).toBe(true);
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

describe('a key', () => {
  const signal = new AbortController().signal;
  const refused = (reason: KeyServiceErrorReason) =>
    ({ allowed: false, error: new KeyServiceError('a', reason) }) as const;

  it.each<[string, Pick<KeyPermissions, 'wrap' | 'unwrap'>, KeyringRole, string]>([
    ['that only decrypts and may not wrap', { ...ALLOWED, wrap: refused('denied') }, 'decryptOnly', 'usable'],
    ['that may not wrap', { ...ALLOWED, wrap: refused('denied') }, 'primary', 'refused'],
    ['that may not unwrap', { ...ALLOWED, unwrap: refused('denied') }, 'decryptOnly', 'refused'],
    [
      'of which one answer is not to be had',
      { wrap: refused('denied'), unwrap: refused('unavailable') },
      'primary',
      'unavailable',
    ],
  ])('%s', async (_, permissions, role, state) => {
    const key = new ToldKey('a');
    key.checkPermissions = () => Promise.resolve({ caller: 'test', ...permissions });
    expect(await checkKey({ key, role }, signal)).toBe(state);
  });

  it('whose check fails in its own way says nothing', async () => {
    const key = new ToldKey('a');
    key.checkPermissions = () => Promise.reject(new Error('socket hang up'));
    expect(await checkKey({ key, role: 'primary' }, signal)).toBe('unavailable');
  });

  it('is asked with the time that is left', async () => {
    const key = new ToldKey('a');
    const signals: unknown[] = [];
    key.describe = (options?: { signal?: AbortSignal }) => {
      signals.push(options?.signal);
      return Promise.reject(new KeyServiceError('a', 'denied'));
    };
    await checkKey({ key, role: 'primary' }, signal);
    expect(signals).toEqual([signal]);
  });

  it('whose service does not know who asks is refused', async () => {
    const key = new ToldKey('a');
    const unknown = new KeyServiceError('a', 'denied', { isUnauthenticated: true });
    key.describe = () => Promise.reject(unknown);
    expect(await checkKey({ key, role: 'decryptOnly' }, signal)).toBe('refused');
    key.checkPermissions = () => Promise.reject(unknown);
    expect(await checkKey({ key, role: 'decryptOnly' }, signal)).toBe('refused');
  });

  it.each<[string, KeyServiceErrorReason, string]>([
    ['may not be looked at is used all the same', 'denied', 'usable'],
    ['is not there is refused', 'not-found', 'refused'],
    ['cannot be looked at now is unavailable', 'throttled', 'unavailable'],
  ])('that %s', async (_, reason, state) => {
    const key = new ToldKey('a');
    key.describe = () => Promise.reject(new KeyServiceError('a', reason));
    expect(await checkKey({ key, role: 'decryptOnly' }, signal)).toBe(state);
    key.checkPermissions = () => Promise.reject(new KeyServiceError('a', 'denied'));
    expect(await checkKey({ key, role: 'decryptOnly' }, signal)).toBe(state);
  });
});

describe('/', () => {
  it('is a page for browsers that allows nothing but itself, and a line for others', async () => {
    const server = createCodecServer({ codec: new MaskCodec() });
    const headers = { Accept: 'text/html,*/*' };
    const page = await server.fetch(new Request('http://127.0.0.1:8081/', { headers }));
    expect(page.headers.get('Content-Type')).toContain('text/html');
    expect(page.headers.get('Content-Security-Policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self';/,
    );
    const line = await get({}, '/');
    expect(line.text).toContain('POST payloads to /decode');
    expect(line.headers.get('Content-Security-Policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  it.each(['/constructor', '/__proto__', '/toString', '/hasOwnProperty'])('%s is nothing', async (path) => {
    expect((await get({}, path)).status).toBe(404);
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
