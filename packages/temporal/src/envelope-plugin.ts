import { inspect } from 'node:util';
import type { ClientOptions, ClientPlugin } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type {
  BundleOptions,
  BundlerPlugin,
  NativeConnectionOptions,
  NativeConnectionPlugin,
  ReplayWorkerOptions,
  Worker,
  WorkerOptions,
  WorkerPlugin,
} from '@temporalio/worker';
import {
  EnvelopeCodec,
  type EnvelopeCodecOptions,
  ConfigurationError,
  type SealingCodec,
} from '@waxseal/core';
import { envelopeCodecOf } from '@waxseal/core/internal';
import { ClearTextGuard, type ClearTextOptions } from './clear-text/clear-text-guard';
import { withGuardInterceptors } from './clear-text/client-guard';
import { GuardedWorkflow } from './clear-text/workflow-guard';
import { assertForWorker, encryptsAny, forReplay, warmUp } from './codec-chain';
import {
  assertConverterPath,
  checkWorkflowBundle,
  clientConverterWith,
  converterPathFor,
  envelopeCodecIn,
  findFailureConverter,
  type SealingChain,
  withEnvelope,
} from './data-converter';
import { type HeaderOptions, headerSettings } from './headers/header-options';
import { PluginHeaders, REPLAY_HEADERS } from './headers/plugin-headers';
import type { WorkflowHook } from './headers/worker-override';
import type { WorkflowHeaders } from './headers/workflow-headers';
import { setOwnClient } from './own-interceptors';

/**
 * Encrypts all payloads and failures of a Temporal application.
 *
 * Give one instance to everything: `new Client({ plugins })`, `NativeConnection.connect({ plugins })`,
 * `Worker.create({ plugins })`, `Worker.runReplayHistories({ plugins }, …)` and
 * `bundleWorkflowCode({ plugins })`. Codecs of your own stay
 * in place and encode before it. Registered more than once, it still encrypts once; two envelope codecs that
 * differ are an error.
 *
 * Headers are opened where they are sealed, and sealed with `headers: 'seal'` (docs/headers.md). Then it must
 * be the last of the plugins.
 */
export class EnvelopePlugin implements ClientPlugin, NativeConnectionPlugin, WorkerPlugin, BundlerPlugin {
  /** The codec that it seals by: to call `close()` on when all clients and workers have stopped. */
  readonly codec: EnvelopeCodec;

  readonly #chain: SealingChain;
  readonly #converterPath: string | undefined;
  readonly #headers: PluginHeaders;
  readonly #guard: ClearTextGuard | undefined;

  /** @throws ConfigurationError that names the option */
  constructor(options: EnvelopePluginOptions) {
    const given: Partial<EnvelopePluginOptions> = { ...(options as EnvelopePluginOptions | undefined) };
    const { failureConverterPath: path, headers, nexusHeaders, clearText, ...ofCodec } = given;
    if (path !== undefined) assertConverterPath(path, true);
    this.#converterPath = path;
    this.#chain = chainFromOptions(ofCodec as EnvelopePluginOptions);
    this.codec = envelopeCodecIn(this.#chain);
    const encrypts = encryptsAny(this.#chain);
    const guard = clearText === undefined ? undefined : new ClearTextGuard(clearText);
    this.#guard = guard;
    const settings = headerSettings({ headers, nexusHeaders }, encrypts, this.codec.encrypts);
    const guarded = guard && ((hook: WorkflowHook) => new GuardedWorkflow(hook, guard));
    this.#headers = new PluginHeaders(settings, encrypts, guarded);
  }

  get name(): string {
    return '@waxseal/temporal';
  }

  /**
   * @throws ConfigurationError when the data converter holds another envelope codec, when the codecs cannot
   *   work as one (their order, two that encrypt, one that is left out), and when it seals headers and is not
   *   the last plugin
   */
  configureClient(options: Omit<ClientOptions, 'plugins'>): Omit<ClientOptions, 'plugins'> {
    const dataConverter = clientConverterWith(options.dataConverter, this.#chain);
    const { payloadCodecs } = dataConverter;
    const configured = this.#headers.configureClient({ ...options, dataConverter }, payloadCodecs, this);
    if (this.#guard === undefined) return configured;
    return { ...configured, interceptors: withGuardInterceptors(configured.interceptors, this.#guard) };
  }

  /**
   * Has a Worker's requests sent as they are, where `grpcCompression` says nothing: of ciphertext, the SDK's
   * gzip makes nothing less, and costs the Worker time (docs/performance.md).
   */
  configureNativeConnection(options: NativeConnectionOptions): NativeConnectionOptions {
    if (options.grpcCompression !== undefined || !encryptsAny(this.#chain)) return options;
    return { ...options, grpcCompression: { codec: 'none' } };
  }

  /**
   * Warms up, so that a worker which cannot get a data key never polls.
   *
   * @throws KeyServiceError when the key service does not wrap
   * @throws ConfigurationError when the data converter holds another envelope codec, when the workflow bundle
   *   was built without a failure converter that encrypts, where the failure converter is no file, and when
   *   it is to seal or read headers and cannot
   */
  async configureWorker(options: WorkerOptions): Promise<WorkerOptions> {
    const dataConverter = withEnvelope(options.dataConverter, this.#chain, this.#converterPath);
    assertForWorker(dataConverter.payloadCodecs);
    // The SDK's own default.
    const namespace = options.namespace ?? 'default';
    const encrypts = encryptsAny(dataConverter.payloadCodecs);
    if (this.#isOurs(options.dataConverter?.failureConverterPath, encrypts) && encrypts) {
      await checkWorkflowBundle(options.workflowBundle);
    }
    const configured = this.#headers.configureWorker(
      { ...options, dataConverter },
      dataConverter.payloadCodecs,
      this,
    );
    await warmUp(dataConverter.payloadCodecs, namespace);
    if (this.#guard === undefined) return configured;
    const client = withGuardInterceptors(configured.interceptors?.client, this.#guard);
    return { ...configured, interceptors: { ...configured.interceptors, client } };
  }

  /**
   * Has workflows see opened headers and send sealed ones, and nothing in clear that `clearText` refuses.
   *
   * @throws ConfigurationError when the SDK is not built as that needs, and `headers`, `nexusHeaders` or
   *   `clearText` is set
   */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    this.#headers.prepare(worker);
    const guard = this.#guard;
    if (guard !== undefined) setOwnClient(worker, (client) => withGuardInterceptors(client, guard));
    await next(worker);
  }

  /** Whether a failure converter that is set is this package's. The application's own is taken as meant. */
  #isOurs(path: string | undefined, encrypts: boolean): boolean {
    return path === undefined || path === this.#converterPath || path === findFailureConverter(encrypts);
  }

  /** Opens payloads without a check of the context, which replay makes up, and never asks for a wrap. */
  configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    const dataConverter = withEnvelope(options.dataConverter, this.#chain, this.#converterPath);
    this.#headers.prepareReplay();
    return {
      ...options,
      dataConverter: { ...dataConverter, payloadCodecs: dataConverter.payloadCodecs.map(forReplay) },
    };
  }

  /** @internal */
  [REPLAY_HEADERS](codecs: readonly PayloadCodec[]): WorkflowHeaders {
    return this.#headers.ofReplay(codecs);
  }

  /** Puts the failure converter into the bundle, unless the bundle has one. */
  configureBundler(options: BundleOptions): BundleOptions {
    const given = options.failureConverterPath ?? this.#converterPath;
    const path = converterPathFor(encryptsAny(this.#chain), given);
    return { ...options, failureConverterPath: path };
  }

  /** Key IDs and settings only. */
  toJSON(): object {
    return { name: this.name, codec: this.codec.toJSON() };
  }

  [inspect.custom](): string {
    return `EnvelopePlugin ${inspect(this.toJSON())}`;
  }
}

/** An option of the plugin itself. */
interface OwnOptions extends HeaderOptions {
  /**
   * Absolute path of the failure converter, where it does not lie within this package: in a Worker that a
   * bundler has made one file of. Clients do not need it.
   */
  readonly failureConverterPath?: string | undefined;
  /**
   * What clients and workflows are refused to put where Temporal keeps it in clear: a workflow ID, a search
   * attribute, a reason. Without it, nothing is looked at (docs/search-attributes.md).
   */
  readonly clearText?: ClearTextOptions | undefined;
}

/** The options of a codec that the plugin makes. */
export type CodecFromOptions = EnvelopeCodecOptions &
  OwnOptions & { readonly codec?: never; readonly codecs?: never };

/** A codec that exists, and nothing else: its options are its own. */
export type ExistingCodec = OwnOptions & {
  /**
   * An `EnvelopeCodec`, or one that seals by it, such as a `TokenCodec`. That of a configuration which has
   * others beside it is refused without them, when a client or Worker is made: give all, as `codecs`.
   */
  readonly codec: EnvelopeCodec | SealingCodec;
  readonly codecs?: never;
} & { readonly [Option in keyof EnvelopeCodecOptions]?: never };

/** Codecs that exist, as `loadConfig()` gives them. */
export type ExistingCodecs = OwnOptions & {
  /** In the order in which they encode. The last one is an `EnvelopeCodec`, or seals by one. */
  readonly codecs: readonly PayloadCodec[];
  readonly codec?: never;
} & { readonly [Option in keyof EnvelopeCodecOptions]?: never };

/** A codec, codecs, or what one is made of. */
export type EnvelopePluginOptions = CodecFromOptions | ExistingCodec | ExistingCodecs;

/** @throws ConfigurationError when `options` are neither codecs alone nor the options of one */
function chainFromOptions(options: EnvelopePluginOptions): SealingChain {
  // Callers from JavaScript can hand over anything.
  const given: { codec?: unknown; codecs?: unknown } = { ...(options as EnvelopePluginOptions | undefined) };
  const name = 'codec' in given ? 'codec' : 'codecs';
  if (!(name in given)) return [new EnvelopeCodec(options as EnvelopeCodecOptions)];
  const chain = name === 'codec' ? [given.codec] : given.codecs;
  if (!Array.isArray(chain) || !isSealing(chain.at(-1))) {
    throw new ConfigurationError(
      name === 'codec'
        ? 'EnvelopePlugin: codec must be an EnvelopeCodec, or a codec that seals by one. Leave it out to have one made of options.'
        : 'EnvelopePlugin: codecs must be an array whose last one is an EnvelopeCodec, or a codec that seals by one, as loadConfig() gives it.',
    );
  }
  const surplus = Object.keys(given).find((other) => other !== name);
  if (surplus !== undefined) {
    throw new ConfigurationError(
      `EnvelopePlugin: ${JSON.stringify(surplus)} has no effect beside ${name}. Give it to the EnvelopeCodec itself.`,
    );
  }
  return chain as unknown as SealingChain;
}

function isSealing(codec: unknown): boolean {
  return typeof codec === 'object' && codec !== null && envelopeCodecOf(codec as PayloadCodec) !== undefined;
}
