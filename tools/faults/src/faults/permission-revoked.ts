import type { Fault } from '../fault';
import { outage } from './outage';

/** Somebody takes the right to wrap and unwrap away, and grants it again. */
export const permissionRevoked: Fault = {
  id: 'permission-revoked',
  title: 'Permission revoked, later granted',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'The right to wrap and to unwrap is taken away.',
  ends: 'The right is granted again after 5 s.',
  expected: 'As in an outage: what is in memory goes on, the rest waits, nothing fails for good.',
  sees: {
    workflows:
      'Go on under data keys in memory: reading for `cacheTtl` (1 h), writing for `maxStaleAge` (24 h). Others: `WorkflowTaskFailed`, and the workflow waits.',
    activities: 'As workflows; an input that cannot be read fails the attempt.',
    failures: 'Are encrypted as ever.',
    clients: 'Get `KeyServiceError … denied`.',
    recovery: 'Grant the right. `waxseal doctor` says which one is missing. Workflows go on by themselves.',
  },
  run: outage({
    begin: (service) => service.revoke(),
    end: (service) => service.grant(),
    holdMs: 5_000,
    strangers: 'wait',
    reason: 'denied',
  }),
};
