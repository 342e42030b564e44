import type { CleanUp } from '@waxseal/bring-up';
import type { Fault } from './fault';
import type { KeyServiceName } from './key-services/faulty-key-service';
import { startKeyService } from './key-services/start-key-service';
import { judge } from './report/judge';
import type { Outcome } from './report/outcome';
import { Scene } from './scene/scene';
import type { Stage } from './scene/stage';

const SETTLE_MS = 90_000;
/** For each order beyond a few. */
const SETTLE_EACH_MS = 300;

/**
 * Makes one fault with one key service, lets the workflows come to their end, and judges.
 *
 * @param cleanUp gets the step that ends everything, for when the run is interrupted
 */
export async function runFault(
  fault: Fault,
  serviceName: KeyServiceName,
  stage: Stage,
  cleanUp: CleanUp,
): Promise<Outcome> {
  const service = await startKeyService(serviceName);
  const name = `${fault.id}-${serviceName === 'OpenBao' ? 'bao' : 'aws'}`;
  const scene = new Scene({ stage, service, name });
  let isStruck = false;
  const strike = async (): Promise<void> => {
    if (isStruck) return;
    isStruck = true;
    await scene.strike();
    await service.stop();
  };
  cleanUp.add(strike);
  try {
    try {
      await fault.run(scene);
    } catch (error) {
      scene.problem(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    if (scene.endedAtMs === 0) scene.endedAtMs = Date.now();
    const all = [...scene.orders.placed, ...scene.others];
    if (await scene.settle(all, SETTLE_MS + SETTLE_EACH_MS * all.length)) {
      await fault.check?.(scene);
    } else {
      const closed = await scene.orders.closed(all);
      scene.problem(`only ${String(closed)} of ${String(all.length)} workflows closed`);
    }
    return await judge(fault, scene);
  } finally {
    await strike();
  }
}
