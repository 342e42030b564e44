import { randomBytes, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { readBody } from '../loopback';
import { Denials, Script } from '../script';
import { answerKmsRequest, type AwsKmsRecord } from './answer';
import { answerCallerIdentity } from './caller-identity';
import { KmsFault } from './fault';
import { AwsKmsDoubleKey, KeyMaterials } from './key';
import { readKmsRequest, readAuthorization } from './request';
import { type AwsKmsBehaviour, KMS_CONTENT_TYPE, sendAnswer } from './response';

const TARGET = /^TrentService\.([A-Za-z]{1,64})$/;

/** A running double of AWS KMS. Made by `startAwsKmsDouble`. */
export class AwsKmsDouble {
  /** Milliseconds that every answer waits. May be set. */
  latencyMs = 0;
  /**
   * Milliseconds by which the double's clock is ahead of this machine's. May be set, to see clients with a
   * wrong clock.
   */
  clockOffsetMs = 0;
  /** All requests so far, oldest first. */
  readonly requests: AwsKmsRecordedRequest[] = [];

  readonly #options: Required<AwsKmsDoubleOptions>;
  readonly #server: Server;
  readonly #keys: AwsKmsDoubleKey[] = [];
  readonly #aliases = new Map<string, string>();
  readonly #denials = new Denials<string>();
  readonly #next = new Script<AwsKmsBehaviour>();
  /** What is answered to an access key that has ended. */
  readonly #expired = new Map<string, string>();
  readonly #closing = new AbortController();

  /** Use `startAwsKmsDouble`. */
  constructor(options: AwsKmsDoubleOptions = {}) {
    this.#options = {
      regions: options.regions ?? ['eu-west-1', 'us-east-1'],
      account: options.account ?? '111122223333',
      partition: options.partition ?? 'aws',
    };
    setMaxListeners(0, this.#closing.signal);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => {
        response.destroy();
      });
    });
  }

  /** `http://127.0.0.1:<port>`, for `new KMSClient({ endpoint })`. It serves every region. */
  get endpoint(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** The keys, oldest first. */
  get keys(): readonly AwsKmsDoubleKey[] {
    return this.#keys;
  }

  /** Listens on a free port of the loopback interface. Done by `startAwsKmsDouble`. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /**
   * Makes a key, as `CreateKey`.
   *
   * @param options `region`, by default the first; `multiRegion` for an `mrk-` key; `usage` for a key that
   *   cannot encrypt
   * @throws Error when the region does not exist
   */
  createKey(
    options: {
      readonly region?: string;
      readonly multiRegion?: boolean;
      readonly usage?: AwsKmsDoubleKey['usage'];
    } = {},
  ): AwsKmsDoubleKey {
    const multiRegion = options.multiRegion ?? false;
    return this.#add(
      options.region ?? this.#options.regions[0] ?? '',
      multiRegion ? `mrk-${randomBytes(16).toString('hex')}` : randomUUID(),
      multiRegion,
      options.usage ?? 'ENCRYPT_DECRYPT',
      new KeyMaterials(),
    );
  }

  /**
   * Makes a replica of a multi-region key, as `ReplicateKey`.
   *
   * @throws Error when the key is not multi-region, or the region does not exist or has it already
   */
  replicateKey(key: AwsKmsDoubleKey, region: string): AwsKmsDoubleKey {
    if (!key.multiRegion) throw new Error('Only a multi-region key has replicas.');
    if (this.#keys.some((other) => other.identity === key.identity && other.region === region)) {
      throw new Error(`The key is in ${region} already.`);
    }
    return this.#add(region, key.keyId, true, key.usage, key.materials);
  }

  /** Removes a key for good, as the end of its waiting period does. */
  deleteKey(key: AwsKmsDoubleKey): void {
    const at = this.#keys.indexOf(key);
    if (at >= 0) this.#keys.splice(at, 1);
    for (const [alias, arn] of this.#aliases) if (arn === key.arn) this.#aliases.delete(alias);
  }

  /**
   * Points an alias of the key's region to the key, as `CreateAlias` and `UpdateAlias`.
   *
   * @param name `alias/…`
   * @returns the alias ARN
   */
  alias(name: string, key: AwsKmsDoubleKey): string {
    if (!/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(name)) throw new Error('An alias is alias/ and a name.');
    const { partition, account } = this.#options;
    const arn = `arn:${partition}:kms:${key.region}:${account}:${name}`;
    this.#aliases.set(arn, key.arn);
    return arn;
  }

  /**
   * Answers `AccessDeniedException` to `action`, with these keys or with any, until
   * {@link AwsKmsDouble.allow}.
   */
  deny(action: AwsKmsRight, ...keys: readonly AwsKmsDoubleKey[]): void {
    this.#denials.deny(
      action,
      keys.map(({ arn }) => arn),
    );
  }

  /** Takes back {@link AwsKmsDouble.deny}. */
  allow(action: AwsKmsRight): void {
    this.#denials.allow(action);
  }

  /**
   * Answers `ExpiredTokenException` to the credentials that were used so far, or `error`, as to those that
   * were taken back before their time.
   */
  expireCredentials(error = 'ExpiredTokenException'): void {
    for (const { accessKeyId } of this.requests) this.#expired.set(accessKeyId, error);
  }

  /** Does this with the next `times` requests, after what was scripted before. */
  next(behaviour: AwsKmsBehaviour, times = 1): void {
    this.#next.add(behaviour, times);
  }

  /**
   * Forgets what {@link AwsKmsDouble.next}, {@link AwsKmsDouble.deny} and `latencyMs`, `clockOffsetMs`
   * scripted, and the requests.
   */
  reset(): void {
    this.#next.clear();
    this.#denials.clear();
    this.#expired.clear();
    this.latencyMs = 0;
    this.clockOffsetMs = 0;
    this.requests.length = 0;
  }

  /** Cuts all connections and stops. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #add(
    region: string,
    keyId: string,
    multiRegion: boolean,
    usage: AwsKmsDoubleKey['usage'],
    materials: KeyMaterials,
  ): AwsKmsDoubleKey {
    const { regions, account, partition } = this.#options;
    if (!regions.includes(region)) throw new Error(`There is no region ${JSON.stringify(region)}.`);
    const key = new AwsKmsDoubleKey({ partition, account, region, keyId, multiRegion, usage, materials });
    this.#keys.push(key);
    return key;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const now = Date.now() + this.clockOffsetMs;
    if (answerCallerIdentity(request, body, response, { ...this.#options, now })) return;
    const scripted = this.#next.take();
    let status = 200;
    let answer: unknown;
    try {
      answer = this.#answer(request, body, scripted);
      if (scripted !== undefined && 'error' in scripted)
        throw new KmsFault(scripted.error, scripted.message ?? `Scripted: ${scripted.error}.`);
      if (scripted !== undefined && 'edit' in scripted) {
        answer = scripted.edit(answer as Record<string, unknown>);
      }
    } catch (error) {
      if (!(error instanceof KmsFault)) throw error;
      status = error.status;
      answer = { __type: error.name, ...(error.message === '' ? {} : { message: error.message }) };
    }
    if (scripted !== undefined && 'hang' in scripted) return;
    if (this.latencyMs > 0) await delay(this.latencyMs, undefined, { signal: this.#closing.signal });
    sendAnswer(response, { status, json: answer, now: Date.now() + this.clockOffsetMs }, scripted);
  }

  #answer(request: IncomingMessage, body: string, scripted: AwsKmsBehaviour | undefined): unknown {
    const [, action] = TARGET.exec(String(request.headers['x-amz-target'])) ?? [];
    if (request.method !== 'POST' || request.url !== '/' || action === undefined) {
      throw new KmsFault('UnknownOperationException');
    }
    if (request.headers['content-type'] !== KMS_CONTENT_TYPE) throw new KmsFault('SerializationException');
    const { accessKeyId, region } = readAuthorization(request.headers, Date.now() + this.clockOffsetMs);
    if (!this.#options.regions.includes(region)) {
      throw new KmsFault('InvalidSignatureException', 'Credential should be scoped to a valid region.');
    }
    const input = readKmsRequest(action, body);
    this.requests.push({
      action,
      region,
      accessKeyId,
      keyId: input.KeyId,
      encryptionContext: input.EncryptionContext,
      encryptionAlgorithm: input.EncryptionAlgorithm,
      grantTokens: input.GrantTokens,
      dryRun: input.DryRun,
    });
    const expired = this.#expired.get(accessKeyId);
    if (expired !== undefined) {
      throw new KmsFault(expired, 'The security token included in the request is expired.');
    }
    // A scripted error stands for what goes wrong before the service looks at the key.
    if (scripted !== undefined && 'error' in scripted) return undefined;
    const { account, partition } = this.#options;
    const directory = { region, account, partition, keys: this.#keys, aliases: this.#aliases };
    return answerKmsRequest(action, input, directory, (right, key) => {
      if (!this.#denials.isDenied(right, key.arn)) return;
      throw new KmsFault(
        'AccessDeniedException',
        `User: arn:${partition}:iam::${account}:user/${accessKeyId} is not authorized to perform: kms:${right} on resource: ${key.arn}`,
      );
    });
  }
}

/** An action that callers need a right for. */
export type AwsKmsRight = 'Encrypt' | 'Decrypt' | 'DescribeKey' | AwsKmsRecord;

/** Options of `startAwsKmsDouble`. */
export interface AwsKmsDoubleOptions {
  /**
   * Regions that exist. A client is in the region that it signs for.
   *
   * @default ['eu-west-1', 'us-east-1']
   */
  readonly regions?: readonly string[];
  /**
   * The account that owns every key.
   *
   * @default '111122223333'
   */
  readonly account?: string;
  /**
   * Partition of the ARNs.
   *
   * @default 'aws'
   */
  readonly partition?: string;
}

/**
 * Starts a double of AWS KMS on a free port of the loopback interface: a strict HTTP server that speaks AWS
 * JSON 1.1, with real AES-GCM and all keys in memory. Close it when the tests end.
 *
 * @example
 * const kms = await startAwsKmsDouble();
 * const key = kms.createKey();
 * const client = new KMSClient({ endpoint: kms.endpoint, region: key.region, credentials, maxAttempts: 1 });
 */
export async function startAwsKmsDouble(options: AwsKmsDoubleOptions = {}): Promise<AwsKmsDouble> {
  const double = new AwsKmsDouble(options);
  await double.listen();
  return double;
}

/** One request that reached the double, without what is secret in it. */
export interface AwsKmsRecordedRequest {
  readonly action: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly keyId: string | undefined;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly encryptionAlgorithm: string;
  readonly grantTokens: readonly string[];
  readonly dryRun: boolean;
}
