import { readFile } from 'node:fs/promises';
import type { DataConverter, PayloadCodec } from '@temporalio/common';
import type { WorkerOptions } from '@temporalio/worker';
import { ConfigurationError, type EnvelopeCodec } from '@waxseal/core';
import { FAILURE_MARKER } from '@waxseal/core/failure-payload';
import { CodecChain, findEnvelopeCodecs } from './codec-chain';

/** A data converter that encrypts. */
export interface EncryptingDataConverter extends DataConverter {
  readonly payloadCodecs: PayloadCodec[];
  readonly failureConverterPath: string;
}

/**
 * A data converter like `dataConverter` that encrypts last, after the codecs that are there, and encodes
 * failures. A payload converter and a failure converter that are set are kept.
 *
 * One that holds the codec already, or one with the same keyring and settings, encrypts once.
 *
 * @throws ConfigurationError when it holds an envelope codec that differs: one of the two would have no
 *   effect
 */
export function withEnvelope(
  dataConverter: DataConverter | undefined,
  codec: EnvelopeCodec,
): EncryptingDataConverter {
  const codecs = dataConverter?.payloadCodecs ?? [];
  const present = findEnvelopeCodecs(codecs);
  if (!present.every((other) => other === codec || other.isEquivalentTo(codec))) {
    throw new ConfigurationError(
      'The data converter holds an envelope codec already, with another keyring or other settings than this one; only one of them would have an effect. Use one codec, or one plugin, for all: new EnvelopePlugin({ codec }).',
    );
  }
  return {
    ...dataConverter,
    payloadCodecs: asOne(present.length > 0 ? codecs : [...codecs, codec], codec),
    failureConverterPath: dataConverter?.failureConverterPath ?? FAILURE_CONVERTER_PATH,
  };
}

function asOne(codecs: readonly PayloadCodec[], { telemetry }: EnvelopeCodec): PayloadCodec[] {
  return codecs.length === 1 ? [...codecs] : [new CodecChain(codecs, telemetry)];
}

/** File of the failure converter, to be named as `failureConverterPath`. */
export const FAILURE_CONVERTER_PATH: string = require.resolve('./failure-converter');

/**
 * Makes sure that workflows which were bundled ahead have the failure converter in them: the bundle decides
 * what becomes of the errors of workflow code, not the worker's options, and without it their messages are
 * stored in clear.
 *
 * @param failureConverterPath of the worker; a converter of the user's own is taken as meant
 * @throws ConfigurationError when the bundle lacks it
 */
export async function checkWorkflowBundle(
  bundle: WorkerOptions['workflowBundle'],
  failureConverterPath: string,
): Promise<void> {
  if (bundle === undefined || failureConverterPath !== FAILURE_CONVERTER_PATH) return;
  const code = 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
  // The converter's module holds this text, and the bundler leaves strings as they are.
  if (!code.includes(FAILURE_MARKER)) {
    throw new ConfigurationError(
      'The workflow bundle was built without the failure converter, so the messages of workflow errors would be stored in clear. Give the plugin to bundleWorkflowCode({ plugins }) too.',
    );
  }
}
