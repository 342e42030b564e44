import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@waxseal/bring-up';
import type { Fault } from '../fault';
import { pendingFailures } from '../scene/executions';
import type { Scene } from '../scene/scene';
import type { OutageOptions } from './down';

const ORDERS = 3;
const OUTAGE_MS = 6_000;
/** Until the notes are read. */
const NOTES_MS = 1_500;

/**
 * The course of a fault in which an activity's input is under a data key that is not in memory.
 *
 * @param expectedType of the attempts that fail in it
 */
export function unreadableInput(
  { begin, end }: Pick<OutageOptions, 'begin' | 'end'>,
  expectedType: string,
): (scene: Scene) => Promise<void> {
  return async (scene) => {
    await scene.startWorker({ cacheCapacity: 1 });
    const client = await scene.newClient();
    const stranger = await scene.newClient();
    scene.gates.shut('before charge');
    const orders = await scene.orders.place(client, ORDERS, false);
    const areAtCard = await waitUntil(() => scene.gates.waiting('before charge') === ORDERS);
    scene.expect(areAtCard, 'the orders did not come to their cards');
    // Reading the notes puts the stranger's data key in the place of the Worker's own.
    await scene.orders.sendNotes(stranger, orders);
    await sleep(NOTES_MS);
    await begin(scene.service);
    scene.gates.open('before charge');
    await sleep(OUTAGE_MS);
    for (const { workflowId } of orders) {
      const failures = await pendingFailures(scene.stage, workflowId);
      scene.expect(failures.length === 1, 'no activity waits for its next attempt');
      for (const { type, nextRetryDelayMs } of failures) {
        scene.expect(type === expectedType, `an attempt failed with the type ${type}`);
        scene.expect(nextRetryDelayMs > 0, 'a failed attempt does not say when to try again');
      }
    }
    await scene.end(() => end(scene.service));
  };
}

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
