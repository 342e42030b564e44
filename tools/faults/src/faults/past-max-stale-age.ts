import type { Fault } from '../fault';
import { pastLimit } from './past-limit';
import { PAST_LIMIT_REPEATS } from './past-limit-repeats';

/** Data key past `maxStaleAge` in an outage. */
export const pastMaxStaleAge: Fault = {
  id: 'past-max-stale-age',
  title: 'Data key past `maxStaleAge` in an outage',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Connections are reset; the data key passes a `maxStaleAge` of 2 s.',
  ends: 'Connections are taken again.',
  expected:
    'Encoding stops, failures are redacted, the Worker goes on; everything completes after the outage.',
  repeats: PAST_LIMIT_REPEATS,
  sees: {
    workflows: '`WorkflowTaskFailed`; workflows wait.',
    activities:
      'A result cannot be handed over: the attempt fails, and the activity **runs again**. Heartbeats cannot be sent: the activity is cancelled.',
    failures: 'Are redacted: type kept, text replaced.',
    clients: 'With a data key of their own that is within its limits: go on.',
    recovery: 'By itself, at the next attempts. Raise the limit if outages may last longer.',
  },
  run: pastLimit({ maxAge: '1s', maxStaleAge: '2s' }, 'hard'),
};
