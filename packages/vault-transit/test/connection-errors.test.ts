import { describe, expect, it } from '@jest/globals';

import { VAULT_CONNECTION_ERRORS, VaultConnectionError } from '../src/connection-errors';

const ADDRESS = 'https://vault.example.com:8200';
const coded = (code: string, message = 'what the library says'): Error =>
  Object.assign(new Error(message), { code });

/** What the network gives, and what is said of it, for each row of the table in its order. */
const ROWS: readonly (readonly [thrown: Error, named: string, says: string])[] = [
  [coded('SELF_SIGNED_CERT_IN_CHAIN'), 'SELF_SIGNED_CERT_IN_CHAIN', 'Set VAULT_CACERT'],
  [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'ERR_TLS_CERT_ALTNAME_INVALID', 'VAULT_TLS_SERVER_NAME'],
  [coded('CERT_HAS_EXPIRED'), 'CERT_HAS_EXPIRED', 'Renew it'],
  [coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'ERR_SSL_WRONG_VERSION_NUMBER', 'The port does not speak TLS'],
  [
    coded('EPROTO', 'SSL routines:ssl3_get_record:wrong version number'),
    'EPROTO',
    'The port does not speak TLS',
  ],
  [
    coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'VAULT_CLIENT_CERT',
  ],
  [
    coded('UND_ERR_ABORTED', 'Proxy response (407) !== 200 when HTTP Tunneling'),
    'HTTP 407 of the proxy',
    'NO_PROXY',
  ],
  [coded('UND_ERR_PRX_TLS'), 'UND_ERR_PRX_TLS', 'The certificate of the proxy'],
  [coded('EAI_AGAIN'), 'EAI_AGAIN', 'The name is not known'],
  [coded('ECONNREFUSED'), 'ECONNREFUSED', 'Nothing listens there'],
  [coded('UND_ERR_CONNECT_TIMEOUT'), 'UND_ERR_CONNECT_TIMEOUT', 'There is no way to it'],
  [coded('ECONNRESET'), 'ECONNRESET', 'The connection was cut'],
];

describe('VaultConnectionError', () => {
  it.each(ROWS)('%p is named %s: %s', (thrown, named, says) => {
    for (const error of [thrown, new TypeError('fetch failed', { cause: thrown })]) {
      const told = new VaultConnectionError(ADDRESS, error);
      expect(told.message.startsWith(`${ADDRESS}: no answer (${named}). `)).toBe(true);
      expect(told.message).toContain(says);
      expect(told.cause).toBe(error);
    }
  });

  it('each row of the table has one', () => {
    expect(ROWS).toHaveLength(VAULT_CONNECTION_ERRORS.length);
  });

  it('says no more than it knows of what is in no row', () => {
    expect(new VaultConnectionError(ADDRESS, new Error('x')).message).toBe(
      `${ADDRESS}: no answer. See the cause.`,
    );
    expect(new VaultConnectionError(ADDRESS, undefined).code).toBeUndefined();
  });
});
