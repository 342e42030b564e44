import { describe, expect, it } from '@jest/globals';

import { resolveKeyUri } from '../src/internal';
import { ConfigurationError, explainMissing, isLoopback, parseKeyUri } from '../src/provider';

const FORM = {
  scheme: 'myhsm',
  parameters: ['slot'],
  is: 'myhsm://<host>/<key>, with ?slot=<n> where it is needed',
};

describe('parseKeyUri', () => {
  it('gives the parts, percent-decoded', () => {
    expect(parseKeyUri('myhsm://a%20b/c%2Fd?slot=7', FORM)).toMatchObject({
      host: 'a b',
      path: '/c/d',
      fragment: '',
    });
    const { url, fragment } = parseKeyUri(new URL('myhsm://a/b?slot=7#c%23'), { ...FORM, fragment: true });
    expect(url.searchParams.get('slot')).toBe('7');
    expect(fragment).toBe('c#');
  });

  it.each([
    ['myhsm://a/b?slot=1&solt=2', 'myhsm://a/b?…'],
    ['myhsm://a/b#c', 'myhsm://a/b#c'],
  ])('shows the form to the author of %s, and no parameter', (uri, shown) => {
    expect(() => parseKeyUri(uri, FORM)).toThrow(
      new ConfigurationError(`The key URI ${JSON.stringify(shown)} must be ${FORM.is}.`),
    );
  });

  it.each([
    ['myhsm://a/%zz', 'percent-encoded'],
    ['orders', 'Start it with one of: myhsm://'],
    ['otherhsm://a/b', 'Known schemes: myhsm://'],
  ])('refuses %s', (uri, text) => {
    expect(() => parseKeyUri(uri, FORM)).toThrow(ConfigurationError);
    expect(() => parseKeyUri(uri, FORM)).toThrow(text);
  });

  it.each([
    ['myhsm://s.secret-token@a/b', 'must not hold credentials'],
    ['myhsm://user:s.secret-token@a/b', 'must not hold credentials'],
    ['myhsm://user:s.secret-token@a b:port/', 'is not a URI'],
    ['s.secret-token', 'is not a URI'],
    ['myhsm://a/b?token=s.secret-token', 'must be myhsm://'],
    ['myhsm://a/%zz?slot=s.secret-token', 'percent-encoded'],
  ])('does not repeat the credentials of %s', (uri, text) => {
    expect(() => parseKeyUri(uri, FORM)).toThrow(text);
    expect(() => parseKeyUri(uri, FORM)).not.toThrow('secret-token');
  });
});

describe('resolveKeyUri', () => {
  it('knows a scheme in any case, and nothing that a Map inherits', () => {
    const schemes = new Map([['myhsm', 1]]);
    expect(resolveKeyUri('MyHSM://a', schemes).found).toBe(1);
    expect(() => resolveKeyUri('constructor://a', schemes)).toThrow(ConfigurationError);
  });
});

describe('isLoopback', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.255.3.9', '::1', '[::1]'])('takes %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '',
    'localhost.',
    'localhost.example.com',
    'notlocalhost',
    '127.0.0.1.example.com',
    '127.1',
    '128.0.0.1',
    '0.0.0.0',
    '::',
    '[::]',
    '[::1',
    '::ffff:127.0.0.1',
  ])('does not take %j', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('explainMissing', () => {
  it('gives the line that installs what is missing, and leaves other errors as they are', () => {
    const missing = Object.assign(new Error("Cannot find module '@azure/identity'"), {
      code: 'MODULE_NOT_FOUND',
    });
    expect(explainMissing(missing, 'A key of azurekeyvault://', ['@azure/identity'])).toEqual(
      new ConfigurationError(
        'A key of azurekeyvault:// needs packages that are not installed: npm install @azure/identity',
      ),
    );
    expect(explainMissing(missing, 'A key', ['other'])).toBe(missing);
    const broken = new Error('@azure/identity is broken');
    expect(explainMissing(broken, 'A key', ['@azure/identity'])).toBe(broken);
  });
});
