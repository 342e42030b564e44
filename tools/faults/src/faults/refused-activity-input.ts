import type { Fault } from '../fault';
import { unreadableInput } from './unreadable-input';

/** An activity's input is under a data key that has left memory, and the key service refuses to unwrap it. */
export const refusedActivityInput: Fault = {
  id: 'refused-activity-input',
  title: 'Permission revoked when an activity’s input must be unwrapped',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins:
    'Memory holds one unwrapped data key (`cacheCapacity: 1`), that of a signal; the right is taken away before a retry.',
  ends: 'The right is granted again after 6 s.',
  expected:
    'The attempts fail before the activity begins, with the type `WaxsealKeyServiceDenied` and a delay.',
  sees: {
    workflows: '`WorkflowTaskFailed` until the right is back; the workflow waits.',
    activities:
      'Attempts fail with `WaxsealKeyServiceDenied` before the activity begins; they may be retried, and count for `maximumAttempts`.',
    failures: 'Are encrypted as ever.',
    clients: 'Get `KeyServiceError … denied` when they read.',
    recovery: 'Grant the right. The next attempt, half a minute later or so, goes on.',
  },
  run: unreadableInput(
    { begin: (service) => service.revoke(), end: (service) => service.grant() },
    'WaxsealKeyServiceDenied',
  ),
};
