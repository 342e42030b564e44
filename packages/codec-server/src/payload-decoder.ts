import type { Payload } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { readableRedaction } from '@waxseal/core/internal';
import { nameEnvelopes } from './audit';
import type { CodecServerOptions } from './options/codec-server-options';
import { resolveCodecsFor } from './options/resolve-codecs';
import { runCodecs } from './run-codecs';
import { retrieveReferences } from './storage/retrieve-references';

/** What {@link payloadDecoder} takes: those options of a Codec Server that say how payloads are decoded. */
export interface PayloadDecoderOptions extends Pick<
  CodecServerOptions,
  'codec' | 'codecs' | 'namespaces' | 'externalStorage'
> {
  /** The namespace that payloads are to be of. Without it their binding to one is not checked. */
  readonly namespace?: string | undefined;
}

/** Decodes payloads in the place of a Codec Server. */
export interface PayloadDecoder {
  /** Keys that the encrypted payloads named: at most 20 different ones. */
  readonly keyIds: ReadonlySet<string>;
  /** Workflows that the encrypted payloads say that they are bound to: at most 20 different ones. */
  readonly workflowIds: ReadonlySet<string>;
  /**
   * Decodes payloads, all or none.
   *
   * @param signal is aborted when nobody waits for them any more
   * @returns as many payloads in the same order
   * @throws what the codecs and the external storage throw
   */
  decode(payloads: Payload[], signal: AbortSignal): Promise<Payload[]>;
}

/**
 * Decodes as a Codec Server does, in a program that answers to the person who reads: codecs, also of single
 * namespaces, external storage, and the text of what could not be encrypted. Who that person is and what they
 * may see is left to the caller.
 *
 * @throws ConfigurationError unless there are codecs for the namespace
 */
export function payloadDecoder({
  namespace,
  externalStorage,
  ...codecs
}: PayloadDecoderOptions): PayloadDecoder {
  const chain = resolveCodecsFor(codecs)(namespace);
  if (chain === undefined) {
    throw new ConfigurationError(
      `There are no codecs for ${namespace === undefined ? 'payloads without a namespace: name it' : 'this namespace'}.`,
    );
  }
  const named = { keyIds: new Set<string>(), workflowIds: new Set<string>() };
  return {
    ...named,
    decode: async (payloads, signal) => {
      const inline =
        externalStorage === undefined
          ? payloads
          : await retrieveReferences(payloads, externalStorage, { namespace, principal: undefined, signal });
      nameEnvelopes(inline, named);
      return (await runCodecs(chain, 'decode', inline, namespace, { signal })).map(readableRedaction);
    },
  };
}
