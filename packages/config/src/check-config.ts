import { ConfigurationError, type Keyring, type KeyringSelector } from '@waxseal/core';
import type { PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import type { WaxsealConfig } from './waxseal-config';

const uri = z.string().min(1);
const uris = z.array(uri);

const CONFIG = z.strictObject({
  keyring: z
    .custom<Keyring | KeyringSelector>(
      (value) => typeof value === 'function' || (typeof value === 'object' && value !== null),
      'must be a Keyring, or a function that gives one',
    )
    .optional(),
  primaryKey: uri.optional(),
  alsoWrapFor: uris.optional(),
  decryptKeys: uris.optional(),
  // Keyring and codec check their options themselves, by name.
  wrapPolicy: z.enum(['all', 'atLeastOne']).optional(),
  requests: z.looseObject({}).optional(),
  envelope: z.looseObject({ keyring: z.never('stands beside envelope, not in it').optional() }).optional(),
  codecs: z
    .array(z.custom<PayloadCodec>(isCodec, 'must be a PayloadCodec, with encode() and decode()'))
    .optional(),
  server: z
    .strictObject({
      host: z.string().min(1).optional(),
      port: z.int().min(0).max(65_535).optional(),
      allowedOrigins: z.array(z.string()).optional(),
      allowCredentials: z.boolean().optional(),
      allowEncode: z.boolean().optional(),
      defaultNamespace: z.string().optional(),
      basePath: z.string().optional(),
      bodyLimitBytes: z.int().optional(),
      deadline: z.union([z.string(), z.number()]).optional(),
      auth: z.array(z.looseObject({})).optional(),
      authorize: z
        .union([z.array(z.looseObject({})), z.custom(isFunction, 'must be rules or a function')])
        .optional(),
      policies: z.looseObject({}).optional(),
      namespaces: z.looseObject({}).optional(),
      externalStorage: z.looseObject({}).optional(),
      log: z.enum(['text', 'json']).optional(),
      metrics: z.boolean().optional(),
      audit: z.string().min(1).optional(),
      onPayloadError: z.enum(['fail', 'passthrough', 'placeholder']).optional(),
      maxConcurrentRequests: z.int().optional(),
      rateLimit: z.strictObject({ requestsPerSecond: z.number(), burst: z.int() }).optional(),
      keyRequestLimit: z.strictObject({ requestsPerSecond: z.number(), burst: z.int() }).optional(),
      signInLimit: z.strictObject({ requestsPerSecond: z.number(), burst: z.int() }).optional(),
      trustedProxies: z.array(z.string()).optional(),
      tls: z
        .strictObject({
          certFile: z.string().min(1).optional(),
          keyFile: z.string().min(1).optional(),
          clientCaFile: z.string().min(1).optional(),
          minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).optional(),
          reloadInterval: z.union([z.string(), z.number()]).optional(),
        })
        .optional(),
      drainDelay: z.union([z.string(), z.number()]).optional(),
      drainTimeout: z.union([z.string(), z.number()]).optional(),
    })
    .optional(),
});

/**
 * Checks what a file exports, by type and by name; values are checked by those who use them.
 *
 * @param source the file, for messages
 * @throws ConfigurationError that names the file and the field; the field's value is not shown
 */
export function checkConfig(value: unknown, source: string): WaxsealConfig {
  const { success, data, error } = CONFIG.safeParse(value, { reportInput: false });
  if (success) return data as WaxsealConfig;
  const [issue] = error.issues;
  const field = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  throw new ConfigurationError(`${source}: ${field}${issue?.message ?? 'is no configuration'}.`);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isCodec(value: unknown): boolean {
  const codec = value as Partial<PayloadCodec> | null | undefined;
  return typeof codec?.encode === 'function' && typeof codec.decode === 'function';
}
