import type { Fault } from '../fault';
import { latency } from './latency';

/** Answers come 2 s late. */
export const latency2s: Fault = {
  ...latency(2),
  sees: {
    workflows:
      'Under data keys in memory: go on. Others: an answer may just be in time; else `WorkflowTaskFailed` after 6 s.',
    activities: 'Go on, where the data key is in memory.',
    failures: 'Are encrypted as ever.',
    clients: 'As workflows; else `KeyServiceError … timeout` after 6 s.',
    recovery:
      'By itself. Where the key service is that slow for good, raise `attemptTimeout`, and `totalTimeout` up to 8 s.',
  },
};
