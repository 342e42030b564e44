import type { Fault } from '../fault';
import { outage } from './outage';

/** Somebody disables the key, and enables it again. */
export const keyDisabled: Fault = {
  id: 'key-disabled',
  title: 'Key disabled, later enabled',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'The key is disabled (AWS KMS) or soft-deleted (OpenBao).',
  ends: 'The key is enabled again after 5 s.',
  expected: 'As in an outage: what is in memory goes on, the rest waits, nothing fails for good.',
  sees: {
    workflows:
      'Go on under data keys in memory: reading for `cacheTtl` (1 h), writing for `maxStaleAge` (24 h). Others: `WorkflowTaskFailed`, and the workflow waits.',
    activities: 'As workflows; an input that cannot be read fails the attempt.',
    failures: 'Are encrypted as ever.',
    clients: 'Get `KeyServiceError … disabled`.',
    recovery: 'Enable the key. Workflows go on by themselves.',
  },
  run: outage({
    begin: (service) => service.disableKey(),
    end: (service) => service.enableKey(),
    holdMs: 5_000,
    strangers: 'wait',
    reason: 'disabled',
  }),
};
