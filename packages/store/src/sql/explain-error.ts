import { isWaxsealError } from '@waxseal/core';
import type { WaxsealError } from '@waxseal/core/internal';
import { NETWORK_ERROR_REASONS } from '@waxseal/core/provider';
import { StoreError, type StoreErrorReason } from '../store-error';

/**
 * What a SQLSTATE means, by its whole or its class
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
const REASONS: ReadonlyMap<string, StoreErrorReason> = new Map<string, StoreErrorReason>([
  // Connections.
  ['08', 'unavailable'],
  ['57P01', 'unavailable'],
  ['57P02', 'unavailable'],
  ['57P03', 'unavailable'],
  ['57P05', 'unavailable'],
  // The host is a standby.
  ['25006', 'unavailable'],
  // A transaction that another one stood in the way of.
  ['40', 'unavailable'],
  ['55P03', 'unavailable'],
  // Too many connections.
  ['53300', 'throttled'],
  ['53100', 'full'],
  ['53', 'unavailable'],
  ['58', 'unavailable'],
  ['57014', 'timeout'],
  ['25P03', 'timeout'],
  // Logins and rights.
  ['28', 'denied'],
  ['42501', 'denied'],
  // The database, the schema, a table or a column is missing.
  ['3D000', 'schema'],
  ['3F000', 'schema'],
  ['42P01', 'schema'],
  ['42703', 'schema'],
  // The counter of collections, which a migration makes, is missing.
  ['23502', 'schema'],
]);

const BECAUSE: ReadonlyMap<string, string> = new Map([
  ['3D000', 'The database does not exist: create it first.'],
  ['25006', 'The host takes no writes.'],
  ['42501', 'The role lacks a right.'],
]);

/** What the driver says of a connection that it lost or gave up. */
const LOST = /^(Connection terminated|timeout expired|Client (was closed|has encountered))/;

/**
 * Says what an error of the database, of the driver or of the network means. Its text is left out. Errors of
 * Waxseal pass.
 */
export function explainError(error: unknown): WaxsealError {
  if (isWaxsealError(error)) return error;
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)) {
    const reason = REASONS.get(code) ?? REASONS.get(code.slice(0, 2)) ?? 'unknown';
    return new StoreError(reason, { sqlState: code, because: BECAUSE.get(code) });
  }
  if (typeof code === 'string') {
    if (/^(ERR_TLS|CERT|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|ERR_SSL)/.test(code)) {
      return new StoreError('denied', {
        because: `The certificate of the server or of this client is not accepted (${code}): see sslrootcert and sslmode.`,
      });
    }
    // ENOENT: the folder of a Unix socket.
    if (NETWORK_ERROR_REASONS.has(code) || code === 'ENOENT') {
      return new StoreError('unavailable', { because: `The connection failed (${code}).` });
    }
  }
  const text = typeof message === 'string' ? message : '';
  if (LOST.test(text)) return new StoreError('unavailable', { because: 'The connection was lost.' });
  if (text.startsWith('timeout exceeded'))
    return new StoreError('throttled', { because: 'All connections are in use.' });
  if (text.includes('does not support SSL')) {
    return new StoreError('denied', { because: 'The server has no TLS: see sslmode.' });
  }
  if (text.startsWith('SASL') || /password/i.test(text)) {
    return new StoreError('denied', { because: 'No password is set, or the server cannot check it.' });
  }
  return new StoreError('unknown');
}
