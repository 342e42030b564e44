import type { PayloadCodec } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { assertCodecChain } from '@waxseal/core/internal';
import type { CodecServerOptions } from './codec-server-options';

type CodecOptions = Pick<CodecServerOptions, 'codec' | 'codecs' | 'namespaces'>;

/** The codecs of a namespace; undefined when it is not served. */
export type CodecsFor = (namespace: string | undefined) => readonly PayloadCodec[] | undefined;

/**
 * @throws ConfigurationError unless there are codecs for all namespaces or for some
 */
export function resolveCodecsFor(options: CodecOptions): CodecsFor {
  const { codec, codecs, namespaces } = options;
  if (namespaces === undefined) {
    const all = codecsOf(options);
    return () => all;
  }
  const own = new Map(
    Object.entries(namespaces).map(([name, given]) => [name, codecsOf(given, `namespaces.${name}.`)]),
  );
  const others = codec === undefined && codecs === undefined ? undefined : codecsOf(options);
  return (namespace) => (namespace === undefined ? undefined : own.get(namespace)) ?? others;
}

/**
 * @param at where `codec` and `codecs` stand, for messages: empty, or such as `namespaces.orders.`
 * @throws ConfigurationError unless exactly one of `codec` and `codecs` is given, in an order that can be
 */
function codecsOf({ codec, codecs }: Omit<CodecOptions, 'namespaces'>, at = ''): readonly PayloadCodec[] {
  const list = codec === undefined ? codecs : codecs === undefined ? [codec] : undefined;
  if (list !== undefined) {
    assertCodecChain(list, `${at}codecs`);
    return list;
  }
  throw new ConfigurationError(
    `Give either ${at}codec or ${at}codecs: the same as the dataConverter of your workers.`,
  );
}
