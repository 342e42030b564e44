import type { PayloadCodec } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { asList, isObject, asObject } from '../fields';
import { isNamespace } from '../routing';
import type { CodecServerOptions } from './codec-server-options';

/**
 * @param at where `codec` and `codecs` stand, for messages: empty, or such as `namespaces.orders.`
 * @throws ConfigurationError unless exactly one of `codec` and `codecs` is given, and holds codecs
 */
function resolveCodecs(
  { codec, codecs }: Pick<CodecServerOptions, 'codec' | 'codecs'>,
  at = '',
): readonly PayloadCodec[] {
  if ((codec === undefined) === (codecs === undefined)) {
    throw new ConfigurationError(
      `Give either ${at}codec or ${at}codecs: the same as the dataConverter of your workers.`,
    );
  }
  const list: readonly unknown[] = codec === undefined ? asList(codecs, `${at}codecs`) : [codec];
  if (list.length === 0) {
    throw new ConfigurationError(`${at}codecs must hold at least one PayloadCodec.`);
  }
  list.forEach((entry, index) => {
    if (!isCodec(entry)) {
      const field = codec === undefined ? `codecs[${String(index)}]` : 'codec';
      throw new ConfigurationError(`${at}${field} must be a PayloadCodec: an object with encode and decode.`);
    }
  });
  return list.filter(isCodec);
}

function isCodec(value: unknown): value is PayloadCodec {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<PayloadCodec>).encode === 'function' &&
    typeof (value as Partial<PayloadCodec>).decode === 'function'
  );
}

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
