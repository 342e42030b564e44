import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket, connect } from 'node:tls';
import { withDeadline } from '@waxseal/core/provider';
import { networkFault, tlsFault } from './faults';
import type { TemporalSettings } from './settings';
import { codeOf } from './temporal-fault';

/** For each of the two: the TCP connection, and TLS on it. Milliseconds. */
const TIMEOUT_MS = 5_000;

/**
 * Connects to Temporal's gRPC port, over TLS where the settings say so, with the server verified as workers
 * and clients do. The caller ends the socket.
 *
 * @throws TemporalFault
 */
export async function openSocket(settings: TemporalSettings): Promise<Socket | TLSSocket> {
  const { host, port, tls } = settings;
  const tcp = connectTcp({ host, port });
  try {
    await withDeadline(TIMEOUT_MS, undefined, (signal) => once(tcp, 'connect', { signal }));
  } catch (error) {
    tcp.destroy();
    throw networkFault(timedOut(error), settings);
  }
  if (tls === undefined) return tcp;
  const name = tls.serverName ?? host;
  const socket = connectTls({
    socket: tcp,
    // RFC 6066 §3: a name in the ClientHello, never an address.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_name, certificate) => checkServerIdentity(name, certificate),
    ALPNProtocols: ['h2'],
    minVersion: 'TLSv1.2',
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.client ?? {}),
  });
  try {
    await withDeadline(TIMEOUT_MS, undefined, (signal) => once(socket, 'secureConnect', { signal }));
    return socket;
  } catch (error) {
    socket.destroy();
    throw tlsFault(timedOut(error), settings);
  }
}

function timedOut(error: unknown): unknown {
  return error instanceof DOMException ? { code: 'ETIMEDOUT' } : error;
}

const PROBE_TIMEOUT_MS = 3_000;

/** Whether there is TLS where none was expected. Nothing is sent but the handshake. */
export async function speaksTls({ host, port }: TemporalSettings): Promise<boolean> {
  const socket = connect({ host, port, ALPNProtocols: ['h2'] });
  try {
    await withDeadline(PROBE_TIMEOUT_MS, undefined, (signal) => once(socket, 'secureConnect', { signal }));
    return true;
  } catch (error) {
    // A certificate that is not trusted, or an alert, is an answer in TLS too.
    return /CERT|ALERT|^UNABLE_TO_/.test(codeOf(error));
  } finally {
    socket.destroy();
  }
}
