import { randomBytes } from 'node:crypto';

import type { Payload } from '@temporalio/common';

const WRAPPED_KEY_BYTES = 16;

/** Regions whose ARNs one multi-region key takes for its own. */
const REGIONS = [
  'eu-west-1',
  'eu-west-2',
  'eu-central-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ap-south-1',
];

/**
 * An envelope that whoever knows a key's ARN can make (docs/spec/envelope.md §3): well-formed, with eight
 * wrapped keys that no service has made.
 */
export function craftedPayload(arn: string): Payload {
  const parts = arn.split(':');
  const ids = REGIONS.map((region) => [...parts.slice(0, 3), region, ...parts.slice(4)].join(':'));
  const [primary = ''] = ids;
  const header = [
    Buffer.from([1, 1]),
    randomBytes(64),
    u16(0),
    Buffer.from([ids.length]),
    ...ids.flatMap((id, index) => [
      ...(index === 0 ? [] : [u16(id.length), Buffer.from(id)]),
      u16(WRAPPED_KEY_BYTES),
      randomBytes(WRAPPED_KEY_BYTES),
    ]),
  ];
  return {
    metadata: { encoding: Buffer.from('binary/envelope'), 'encryption-key-id': Buffer.from(primary) },
    data: Buffer.concat([...header, randomBytes(8), randomBytes(16)]),
  };
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** A real envelope that names another region of the same multi-region key. */
export function relabelled(payload: Payload, arn: string, region: string): Payload {
  const parts = arn.split(':');
  const keyId = [...parts.slice(0, 3), region, ...parts.slice(4)].join(':');
  return {
    metadata: { ...payload.metadata, 'encryption-key-id': Buffer.from(keyId) },
    data: payload.data ?? new Uint8Array(),
  };
}
