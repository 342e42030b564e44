import { inspect } from 'node:util';

import type { ClientOptions, ClientPlugin } from '@temporalio/client';
import type {
  BundleOptions,
  BundlerPlugin,
  ReplayWorkerOptions,
  WorkerOptions,
  WorkerPlugin,
} from '@temporalio/worker';
import type { EnvelopeCodec } from '@waxseal/core';

import { checkWorkflowBundle } from './check-workflow-bundle';
import { codecFromOptions } from './codec-from-options';
import { assertForWorker } from './codecs/assert-for-worker';
import { findEnvelopeCodecs } from './codecs/find-envelope-codecs';
import { forReplay } from './codecs/for-replay';
import type { EnvelopePluginOptions } from './envelope-plugin-options';
import { FAILURE_CONVERTER_PATH } from './failure-converter-path';
import { withEnvelope } from './with-envelope';

/**
 * Encrypts all payloads and failures of a Temporal application.
 *
 * Give one instance to everything: `new Client({ plugins })`, `Worker.create({ plugins })`,
 * `Worker.runReplayHistories({ plugins }, …)` and `bundleWorkflowCode({ plugins })`. Codecs of your own stay in place and
 * encode before it. Registered more than once, it still encrypts once; two envelope codecs that differ are an error.
 */
export class EnvelopePlugin implements ClientPlugin, WorkerPlugin, BundlerPlugin {
  /** The codec that it adds: to call `close()` on when all clients and workers have stopped. */
  readonly codec: EnvelopeCodec;

  /** @throws ConfigurationError that names the option */
  constructor(options: EnvelopePluginOptions) {
    this.codec = codecFromOptions(options);
  }

  get name(): string {
    return '@waxseal/temporal';
  }

  /** @throws ConfigurationError when the data converter holds another envelope codec */
  configureClient(options: Omit<ClientOptions, 'plugins'>): Omit<ClientOptions, 'plugins'> {
    return { ...options, dataConverter: withEnvelope(options.dataConverter, this.codec) };
  }

  /**
   * Warms up, so that a worker which cannot get a data key never polls.
   *
   * @throws KeyServiceError when the key service does not wrap
   * @throws ConfigurationError when the data converter holds another envelope codec, or the workflow bundle was built
   *   without a failure converter that encrypts
   */
  async configureWorker(options: WorkerOptions): Promise<WorkerOptions> {
    const dataConverter = withEnvelope(options.dataConverter, this.codec);
    assertForWorker(dataConverter.payloadCodecs);
    // The SDK's own default.
    const namespace = options.namespace ?? 'default';
    await checkWorkflowBundle(options.workflowBundle, dataConverter.failureConverterPath);
    await Promise.all(
      findEnvelopeCodecs(dataConverter.payloadCodecs).map((codec) => codec.warmUp({ namespace })),
    );
    return { ...options, dataConverter };
  }

  /** Opens payloads without a check of the context, which replay makes up, and never asks for a wrap. */
  configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    const dataConverter = withEnvelope(options.dataConverter, this.codec);
    return {
      ...options,
      dataConverter: { ...dataConverter, payloadCodecs: dataConverter.payloadCodecs.map(forReplay) },
    };
  }

  /** Puts the failure converter into the bundle, unless the bundle has one. */
  configureBundler(options: BundleOptions): BundleOptions {
    return { ...options, failureConverterPath: options.failureConverterPath ?? FAILURE_CONVERTER_PATH };
  }

  /** Key IDs and settings only. */
  toJSON(): object {
    return { name: this.name, codec: this.codec.toJSON() };
  }

  [inspect.custom](): string {
    return `EnvelopePlugin ${inspect(this.toJSON())}`;
  }
}
