import type { Fault } from '../fault';
import { unreadableInput } from './unreadable-input';

/** An activity's input is under a data key that has left memory. */
export const unreadableActivityInput: Fault = {
  id: 'unreadable-activity-input',
  title: 'Key service down when an activity’s input must be unwrapped',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins:
    'Unwrapped data keys leave memory after 1 s; connections are reset while activities wait for a retry.',
  ends: 'Connections are taken again after 6 s.',
  expected:
    'The attempts fail before the activity begins, with the type `WaxsealKeyServiceUnavailable` and a delay.',
  sees: {
    workflows: '`WorkflowTaskFailed` until the key service is back; the workflow waits.',
    activities:
      'Attempts fail with `WaxsealKeyServiceUnavailable` before the activity begins; they count for `maximumAttempts`.',
    failures: 'Are encrypted as ever.',
    clients: 'Get `KeyServiceError` when they read.',
    recovery:
      'By itself, at the next attempt. Give activities no `maximumAttempts`, or enough for an outage.',
  },
  run: unreadableInput(
    {
      begin: ({ proxy }) => {
        proxy.down();
      },
      end: ({ proxy }) => {
        proxy.heal();
      },
    },
    'WaxsealKeyServiceUnavailable',
  ),
};
