import type { Fault } from '../fault';
import { outage } from './outage';

/** Two attempts of a workflow task, of six seconds each. */
const HOLD_MS = 14_000;
/** Of one attempt. */
const DEADLINE_MS = 2_000;

/** Every answer of the key service comes `seconds` late: at the deadline of an attempt, or past it. */
export function latency(seconds: number): Omit<Fault, 'sees'> {
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
