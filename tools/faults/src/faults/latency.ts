import type { Fault } from '../fault';
import { outage } from './down';

/** Two attempts of a workflow task, of six seconds each. */
const HOLD_MS = 14_000;
/** Of one attempt. */
const DEADLINE_MS = 2_000;

/** Every answer of the key service comes `seconds` late: at the deadline of an attempt, or past it. */
function latency(seconds: number): Omit<Fault, 'sees'> {
  // At the deadline itself, chance decides whether an answer is in time.
  const isAtDeadline = seconds * 1000 <= DEADLINE_MS;
  return {
    id: `latency-${String(seconds)}s`,
    title: `Key service answers ${String(seconds)} s late`,
    services: ['AWS KMS (double)', 'OpenBao'],
    begins: `Every request is held for ${String(seconds)} s.`,
    ends: 'Requests are passed on at once again, after 14 s.',
    expected:
      'Orders under way go on; workflow tasks that need the key service fail after 6 s, before Temporal’s 10 s are over.',
    run: outage({
      begin: ({ proxy }) => {
        proxy.slow(seconds * 1000);
      },
      end: ({ proxy }) => {
        proxy.heal();
      },
      holdMs: HOLD_MS,
      ...(isAtDeadline ? { strangers: 'may pass' } : { strangers: 'wait', reason: 'timeout' }),
    }),
  };
}

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

/** Answers come 10 s late. */
export const latency10s: Fault = {
  ...latency(10),
  sees: {
    workflows: 'As when the key service is down, but the workflow task fails after 6 s.',
    activities: 'As when the key service is down.',
    failures: 'Are encrypted as ever.',
    clients: '`KeyServiceError … timeout` after 6 s, where the data key is not in memory.',
    recovery: 'By itself. No deadline below Temporal’s 10 s for a workflow task can wait for it.',
  },
};

/** Answers come 30 s late. */
export const latency30s: Fault = {
  ...latency(30),
  sees: {
    workflows: 'As for 10 s.',
    activities: 'As for 10 s.',
    failures: 'Are encrypted as ever.',
    clients: 'As for 10 s.',
    recovery: 'By itself. No deadline below Temporal’s 10 s for a workflow task can wait for it.',
  },
};
