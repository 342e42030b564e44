import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@waxseal/bring-up';
import type { Fault } from '../fault';
import type { DeclinedOrder } from '../workflows';
import { PAST_LIMIT_REPEATS } from './limits';

const REDACTED = 'Redacted by Waxseal: this part of the failure could not be encrypted.';
/** One wrap for each payload: what is encoded in the outage meets it. */
const STRICT = { maxMessages: 1 };
const OUTAGE_MS = 3_000;
const ORDERS = 3;

/** An activity fails while there is no data key to encrypt its failure under. */
export const downDuringFailureEncoding: Fault = {
  id: 'down-during-failure',
  title: 'Key service down while a failure is encoded, and no data key may be used',
  services: ['AWS KMS (double)', 'OpenBao'],
  short: 'AWS KMS (double)',
  begins: 'In strict mode (`maxMessages: 1`), connections are reset while an activity is about to fail.',
  ends: 'Connections are taken again after 3 s.',
  expected:
    'The failure is recorded with its type and a constant text; the Worker goes on; nothing is repeated.',
  repeats: PAST_LIMIT_REPEATS,
  sees: {
    workflows: 'Workflow tasks fail and are repeated until the key service is back.',
    activities: 'As past `maxStaleAge`, below.',
    failures:
      'Keep their type; message, stack and details are “Redacted by Waxseal …”. `WAXSEAL_FAILURE_REDACTED` is warned of.',
    clients: 'Get `KeyServiceError`.',
    recovery: 'By itself. What was redacted is lost.',
  },
  run: async (scene) => {
    await scene.startWorker(STRICT);
    const client = await scene.newClient();
    scene.gates.shut('after decline');
    for (let index = 0; index < ORDERS; index++) {
      const started = await client.workflow.start<typeof DeclinedOrder>('DeclinedOrder', {
        workflowId: `${scene.name}-declined-${String(index)}`,
        taskQueue: scene.name,
        args: [scene.needle],
      });
      scene.others.push(started);
    }
    const isAbout = await waitUntil(() => scene.gates.waiting('after decline') === ORDERS);
    scene.expect(isAbout, 'the activities did not begin');
    scene.service.proxy.down();
    scene.gates.open('after decline');
    await sleep(OUTAGE_MS);
    await scene.end(() => {
      scene.service.proxy.heal();
    });
  },
  check: async (scene) => {
    const client = await scene.newClient();
    for (const { workflowId } of scene.others) {
      const left = (await client.workflow.getHandle<typeof DeclinedOrder>(workflowId).result()) as unknown;
      const expected = JSON.stringify({ type: 'CardDeclined', message: REDACTED });
      scene.expect(
        JSON.stringify(left) === expected,
        `the failure was ${JSON.stringify(left).replaceAll(scene.needle, '…')}`,
      );
      const times = scene.ledger.counts().get(workflowId)?.get('decline');
      scene.expect(times === 1, `the activity ran ${String(times)} times`);
    }
  },
};
