import type { PayloadCodec } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { isObject } from '../protojson/is-object';
import { isNamespace } from '../routing/is-namespace';
import { asObject } from './as-object';
import type { CodecServerOptions } from './codec-server-options';
import { resolveCodecs } from './resolve-codecs';

const FIELDS: ReadonlySet<string> = new Set(['codec', 'codecs']);

/** The codecs of a namespace; undefined when it is not served. */
export type CodecsFor = (namespace: string | undefined) => readonly PayloadCodec[] | undefined;

/**
 * @throws ConfigurationError unless there are codecs for all namespaces or for some, and each is one
 */
export function resolveCodecsFor(options: CodecServerOptions): CodecsFor {
  const { codec, codecs, namespaces } = options;
  if (namespaces === undefined) {
    const all = resolveCodecs(options);
    return () => all;
  }
  if (!isObject(namespaces) || Object.keys(namespaces).length === 0) {
    throw new ConfigurationError(
      'namespaces must be an object of one or more namespaces, each with its codecs.',
    );
  }
  const own = new Map(
    Object.entries(namespaces).map(([name, given]) => {
      const field = `namespaces.${name}`;
      if (!isNamespace(name)) {
        throw new ConfigurationError('namespaces has a name that no Temporal namespace can have.');
      }
      return [name, resolveCodecs(asObject(given, field, FIELDS), `${field}.`)] as const;
    }),
  );
  const others = codec === undefined && codecs === undefined ? undefined : resolveCodecs(options);
  return (namespace) => (namespace === undefined ? undefined : own.get(namespace)) ?? others;
}
