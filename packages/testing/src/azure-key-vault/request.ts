import { KeyVaultFault } from './fault';
import { WRAP_ALGORITHMS } from './key';

/** What a request's method and URL ask for. */
export interface KeyVaultTarget {
  readonly operation: AzureKeyVaultOperation;
  readonly keyName: string;
  readonly version: string | undefined;
  readonly apiVersion: string;
  /** Of a list: how many to leave out, and the most of an answer. */
  readonly page: { readonly from: number; readonly most: number };
}

/** As the service documents it for `maxresults`. */
const MAX_PAGE = 25;

const API_VERSION = /^(?:7\.[0-6]|20\d\d-\d\d-\d\d)(?:-preview(?:\.\d)?)?$/;
const VERSION = /^[0-9a-f]{32}$/;
const NAME = /^[0-9a-zA-Z-]{1,127}$/;

/**
 * @param path of the URL, from `/keys/`
 * @throws KeyVaultFault
 */
export function readKeyVaultTarget(
  method: string | undefined,
  path: string,
  query: URLSearchParams,
): KeyVaultTarget {
  const apiVersion = query.get('api-version');
  if (apiVersion === null) throw new KeyVaultFault('BadParameter', 'api-version must be specified');
  if (!API_VERSION.test(apiVersion)) {
    throw new KeyVaultFault('BadParameter', 'The specified version is not recognized.');
  }
  // Without a version the SDK leaves its slash: /keys/name//wrapkey.
  const [keyName = '', ...rest] = path
    .replace(/^\/keys\//, '')
    .split('/')
    .filter((part) => part !== '');
  if (!NAME.test(keyName)) throw new KeyVaultFault('BadParameter', 'Invalid key name.');
  const verb = method === 'POST' ? rest.pop()?.toLowerCase() : undefined;
  const isPolicy = method === 'GET' && rest[0]?.toLowerCase() === 'rotationpolicy';
  const isList = method === 'GET' && rest[0]?.toLowerCase() === 'versions';
  const [version] = isPolicy || isList ? [] : rest;
  const operation = isPolicy ? 'getRotationPolicy' : isList ? 'getKeyVersions' : operationOf(method, verb);
  if (operation === undefined || rest.length > 1) {
    throw new KeyVaultFault('MethodNotAllowed', 'The method is not allowed.', undefined, 405);
  }
  if (version !== undefined && !VERSION.test(version)) {
    throw new KeyVaultFault('BadParameter', 'Invalid key version.');
  }
  const skip = query.get('$skiptoken') ?? '0';
  const most = query.get('maxresults') ?? String(MAX_PAGE);
  if (!/^\d{1,9}$/.test(skip) || !/^\d{1,3}$/.test(most) || Number(most) < 1 || Number(most) > MAX_PAGE) {
    throw new KeyVaultFault('BadParameter', 'The page is out of range.');
  }
  return { operation, keyName, version, apiVersion, page: { from: Number(skip), most: Number(most) } };
}

function operationOf(
  method: string | undefined,
  verb: string | undefined,
): AzureKeyVaultOperation | undefined {
  if (method === 'GET') return 'getKey';
  if (method !== 'POST') return undefined;
  return verb === 'wrapkey' ? 'wrapKey' : verb === 'unwrapkey' ? 'unwrapKey' : undefined;
}

/** The body of a wrap or unwrap, checked. */
export interface WrapParameters {
  readonly algorithm: string;
  readonly value: Buffer;
}

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/**
 * @param body text of the request
 * @throws KeyVaultFault that does not quote the value
 */
export function readWrapParameters(body: string): WrapParameters {
  const { alg, value } = parse(body);
  if (typeof alg !== 'string' || !WRAP_ALGORITHMS.has(alg)) {
    throw new KeyVaultFault('BadParameter', 'Property alg has an invalid value.');
  }
  if (typeof value !== 'string' || !BASE64URL.test(value)) {
    throw new KeyVaultFault('BadParameter', 'Property value has an invalid value.');
  }
  return { algorithm: alg, value: Buffer.from(value, 'base64url') };
}

function parse(body: string): { readonly alg?: unknown; readonly value?: unknown } {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Answered below.
  }
  throw new KeyVaultFault('BadParameter', 'The request body must be specified and be JSON.');
}

/** What can be asked about a key. */
export type AzureKeyVaultOperation =
  'wrapKey' | 'unwrapKey' | 'getKey' | 'getKeyVersions' | 'getRotationPolicy';
