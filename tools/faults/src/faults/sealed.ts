import type { Fault } from '../fault';
import { outage } from './outage';

/** OpenBao is sealed, as after a restart, and unsealed. */
export const sealed: Fault = {
  id: 'sealed',
  title: 'OpenBao sealed, later unsealed',
  services: ['OpenBao'],
  short: 'OpenBao',
  begins: 'The server is sealed.',
  ends: 'The server is unsealed after 5 s.',
  expected: 'As in an outage.',
  sees: {
    workflows: 'As when the key service is down.',
    activities: 'As when the key service is down.',
    failures: 'Are encrypted as ever.',
    clients: 'Get `KeyServiceError … unavailable`.',
    recovery: 'Unseal the server. Workflows go on by themselves.',
  },
  run: outage({
    begin: (service) => service.seal(),
    end: (service) => service.unseal(),
    holdMs: 5_000,
    strangers: 'wait',
    reason: 'unavailable',
  }),
};
