import { temporal } from '@temporalio/proto';

import { printable } from '../../output/printable';
import type { Check } from '../check';
import { nameOf } from './name-of';
import { TemporalFault } from './temporal-fault';
import type { GrpcAnswer, TemporalSession } from './temporal-session';
import type { TemporalSettings } from './temporal-settings';

const { GetSystemInfoResponse, DescribeNamespaceRequest } = temporal.api.workflowservice.v1;

const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/**
 * Asks what workers ask when they start: which server it is, and whether the namespace is there.
 *
 * @throws TemporalFault when the server refuses
 */
export async function serverChecks(
  session: TemporalSession,
  settings: TemporalSettings,
): Promise<readonly Check[]> {
  const info = await session.call('GetSystemInfo', new Uint8Array());
  if (info.status !== 0) throw refused(info, settings);
  const { serverVersion } = GetSystemInfoResponse.decode(info.message);
  const { namespace } = settings;
  const request = DescribeNamespaceRequest.encode({ namespace }).finish();
  const described = await session.call('DescribeNamespace', request);
  if (described.status !== 0) throw refused(described, settings);
  return [
    {
      name: 'temporal-server',
      status: 'ok',
      detail: `Temporal ${serverVersion === '' ? 'answers' : serverVersion}`,
    },
    { name: 'temporal-namespace', status: 'ok', detail: `the namespace ${printable(namespace)} is there` },
  ];
}

function refused(
  { status, said }: GrpcAnswer,
  { address, namespace, apiKey }: TemporalSettings,
): TemporalFault {
  const from = `${address}: the server`;
  switch (status) {
    case NOT_FOUND:
      return new TemporalFault(
        `${from} has no namespace ${printable(namespace)}. Check ${nameOf('namespace')}`,
      );
    case UNAUTHENTICATED:
    case PERMISSION_DENIED: {
      const what =
        apiKey === undefined
          ? 'lets nobody in without an API key or a certificate that has the right'
          : 'does not accept the API key';
      return new TemporalFault(
        `${from} ${what} for the namespace ${printable(namespace)}. Check ${nameOf('apiKey')} and ${nameOf('namespace')}`,
      );
    }
    default:
      return new TemporalFault(
        `${from} answers with gRPC status ${String(status)}, ${printable(said.slice(0, 300))}`,
      );
  }
}
