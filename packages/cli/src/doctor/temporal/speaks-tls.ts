import { once } from 'node:events';
import { connect } from 'node:tls';

import { withDeadline } from '@waxseal/core';

import { codeOf } from './code-of';
import type { TemporalSettings } from './temporal-settings';

const TIMEOUT_MS = 3_000;

/** Whether there is TLS where none was expected. Nothing is sent but the handshake. */
export async function speaksTls({ host, port }: TemporalSettings): Promise<boolean> {
  const socket = connect({ host, port, ALPNProtocols: ['h2'] });
  try {
    await withDeadline(TIMEOUT_MS, undefined, (signal) => once(socket, 'secureConnect', { signal }));
    return true;
  } catch (error) {
    // A certificate that is not trusted, or an alert, is an answer in TLS too.
    return /CERT|ALERT|^UNABLE_TO_/.test(codeOf(error));
  } finally {
    socket.destroy();
  }
}
