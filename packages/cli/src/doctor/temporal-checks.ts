import { TLSSocket } from 'node:tls';
import { temporal } from '@temporalio/proto';
import { printable } from '../printable';
import { openSocket, speaksTls } from '../temporal/connect';
import { networkFault, tlsFault } from '../temporal/faults';
import { openSession, type GrpcAnswer, type TemporalSession } from '../temporal/grpc-session';
import { nameOf, readTemporalSettings, settingsWarnings, type TemporalSettings } from '../temporal/settings';
import { TemporalFault } from '../temporal/temporal-fault';
import { certificateChecks } from './certificate-checks';
import type { Check } from './report';

/**
 * Checks the way to Temporal that `@temporalio/envconfig` gives to workers and clients: settings,
 * certificates, TLS, the server's answer, the namespace. Ends at the first that fails. Never rejects.
 *
 * @param environment the variables, `TEMPORAL_CONFIG_FILE` among them
 */
export async function temporalChecks(environment: NodeJS.ProcessEnv): Promise<readonly Check[]> {
  const checks: Check[] = [];
  let name = 'temporal-settings';
  try {
    const settings = readTemporalSettings(environment);
    const how =
      settings.tls === undefined ? 'in clear' : settings.tls.client === undefined ? 'over TLS' : 'over mTLS';
    checks.push(
      { name, status: 'ok', detail: `${settings.address} ${how}` },
      ...settingsWarnings(environment).map((detail) => ({ name, status: 'warn' as const, detail })),
    );
    name = 'temporal-certificates';
    if (settings.tls !== undefined) checks.push(...certificateChecks(settings.tls, Date.now()));
    name = 'temporal-connection';
    const socket = await openSocket(settings);
    const session = openSession(socket, settings, (error) => noAnswer(error, settings));
    try {
      if (socket instanceof TLSSocket) checks.push(connectionCheck(socket));
      name = 'temporal-server';
      checks.push(...(await serverChecks(session, settings)));
    } finally {
      session.close();
    }
  } catch (error) {
    const detail =
      error instanceof TemporalFault
        ? error.message
        : `not checked: ${error instanceof Error ? error.name : typeof error}`;
    checks.push({ name, status: 'fail', detail });
  }
  return checks;
}

/**
 * What is to be said of a TLS connection that is open: its version, and the server's certificate.
 *
 * @throws TemporalFault when workers cannot use what this process can
 */
function connectionCheck(socket: TLSSocket): Check {
  const { subjectaltname, valid_to: until } = socket.getPeerCertificate();
  if (subjectaltname === undefined) {
    // RFC 9525 §6.3 leaves the common name out; Node.js still looks at it.
    throw new TemporalFault(
      "the server's certificate has no subject alternative name: clients accept it, workers and the temporal command do not. Have it issued anew",
    );
  }
  if (socket.alpnProtocol !== 'h2') {
    throw new TemporalFault(
      'the server agrees to TLS and not to HTTP/2 (ALPN), which gRPC needs. Is a proxy in between?',
    );
  }
  const detail = `${socket.getProtocol() ?? 'TLS'}, the server's certificate is valid until ${until}`;
  return { name: 'temporal-connection', status: 'ok', detail };
}

async function noAnswer(error: unknown, settings: TemporalSettings): Promise<TemporalFault> {
  if (settings.tls !== undefined) return tlsFault(error, settings);
  if (!(await speaksTls(settings))) return networkFault(error, settings);
  return new TemporalFault(
    `${settings.address}: the server speaks TLS, and TLS is off here. Set ${nameOf('tls')} to true`,
  );
}

const { GetSystemInfoResponse, DescribeNamespaceRequest } = temporal.api.workflowservice.v1;

const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/**
 * Asks what workers ask when they start: which server it is, and whether the namespace is there.
 *
 * @throws TemporalFault when the server refuses
 */
async function serverChecks(session: TemporalSession, settings: TemporalSettings): Promise<readonly Check[]> {
  const info = await session.call('GetSystemInfo', new Uint8Array());
  if (info.status !== 0) throw refused(info, settings);
  const { serverVersion } = GetSystemInfoResponse.decode(info.message ?? new Uint8Array());
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
