import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { ConfigurationError } from '@waxseal/core';
import { StoreError } from '../src';
import { explainError } from '../src/sql/explain-error';

const GIVEN = 'what-the-database-was-given';

function errorOf(fields: object): Error {
  return Object.assign(new Error(GIVEN), fields);
}

describe('an error of the database', () => {
  it.each([
    ['08006', 'unavailable', true],
    ['57P01', 'unavailable', true],
    ['57P03', 'unavailable', true],
    ['25006', 'unavailable', true],
    ['40001', 'unavailable', true],
    ['40P01', 'unavailable', true],
    ['55P03', 'unavailable', true],
    ['58030', 'unavailable', true],
    ['53200', 'unavailable', true],
    ['53300', 'throttled', true],
    ['53100', 'full', true],
    ['57014', 'timeout', true],
    ['25P03', 'timeout', true],
    ['28P01', 'denied', false],
    ['28000', 'denied', false],
    ['42501', 'denied', false],
    ['3D000', 'schema', false],
    ['3F000', 'schema', false],
    ['42P01', 'schema', false],
    ['42703', 'schema', false],
    ['23502', 'schema', false],
    ['23505', 'unknown', true],
    ['XX000', 'unknown', true],
  ])('%s means %s', (code, reason, retryable) => {
    const error = explainError(errorOf({ code, detail: GIVEN, where: GIVEN }));
    expect(error).toMatchObject({ reason, retryable, sqlState: code });
    expect(error.message).toContain(code);
    expect(inspect(error, { depth: 5, showHidden: true })).not.toContain(GIVEN);
  });
});

function storeErrorOf(given: unknown): StoreError {
  const error = explainError(given);
  if (!(error instanceof StoreError)) throw error;
  return error;
}

describe('an error of the network or of the driver', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }, 'unavailable', 'ECONNREFUSED'],
    [{ code: 'ECONNRESET' }, 'unavailable', 'ECONNRESET'],
    [{ code: 'EPIPE' }, 'unavailable', 'EPIPE'],
    [{ code: 'ENOTFOUND' }, 'unavailable', 'ENOTFOUND'],
    [{ code: 'ENOENT' }, 'unavailable', 'ENOENT'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'denied', 'sslrootcert'],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'denied', 'sslrootcert'],
    [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'denied', 'sslrootcert'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'denied', 'sslrootcert'],
    [{ message: 'Connection terminated unexpectedly' }, 'unavailable', 'lost'],
    [{ message: 'Connection terminated due to connection timeout' }, 'unavailable', 'lost'],
    [{ message: 'Client has encountered a connection error and is not queryable' }, 'unavailable', 'lost'],
    [{ message: 'timeout exceeded when trying to connect' }, 'throttled', 'in use'],
    [{ message: 'The server does not support SSL connections' }, 'denied', 'sslmode'],
    [{ message: 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string' }, 'denied', 'password'],
    [{ message: GIVEN }, 'unknown', 'See the cause'],
    [{ code: 42, message: GIVEN }, 'unknown', 'See the cause'],
  ])('%j means %s', (fields, reason, text) => {
    const error = storeErrorOf(errorOf(fields));
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(text);
    expect(error.sqlState).toBeUndefined();
    expect(inspect(error)).not.toContain(GIVEN);
  });

  it.each([undefined, null, 'text', 7])('%p means nothing that is known', (error) => {
    expect(storeErrorOf(error).reason).toBe('unknown');
  });
});

it.each([new StoreError('not-durable'), new ConfigurationError('The schema is newer.')])(
  'keeps an error that is explained: %p',
  (error) => {
    expect(explainError(error)).toBe(error);
  },
);
