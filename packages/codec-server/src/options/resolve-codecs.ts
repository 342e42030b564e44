import type { PayloadCodec } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { asList } from './as-list';
import type { CodecServerOptions } from './codec-server-options';

/**
 * @param at where `codec` and `codecs` stand, for messages: empty, or such as `namespaces.orders.`
 * @throws ConfigurationError unless exactly one of `codec` and `codecs` is given, and holds codecs
 */
export function resolveCodecs(
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
