import type { CleanUp } from '@waxseal/bring-up';
import type { Fault } from './fault';
import { FAULTS } from './faults';
import { startKeyService } from './key-services/start-key-service';
import { type KeyServiceName } from './key-services/faulty-key-service';
import { isOk, type Outcome, judge } from './report/judge';
import { heading, outcomeLines } from './report/print';
import { searchDatabase } from './report/search-database';
import { Scene } from './scene/scene';
import { startStage, type Stage } from './scene/stage';

/** What is run. */
interface RunOptions {
  /** The short form: fewer faults, with one key service each, several at a time. */
  readonly short: boolean;
  /** Only faults whose ID begins with one of these; all when empty. */
  readonly names: readonly string[];
  readonly cleanUp: CleanUp;
}

const FULL = { manyWorkflows: 1000, atOnce: 1 };
const SHORT = { manyWorkflows: 100, atOnce: 6 };

/** Makes the faults and prints the table. Gives the exit code. */
export async function runFaults({ short, names, cleanUp }: RunOptions): Promise<number> {
  const { manyWorkflows, atOnce } = short ? SHORT : FULL;
  const chosen = pairs(short).filter(
    ([{ id }]) => names.length === 0 || names.some((name) => id.startsWith(name)),
  );
  if (chosen.length === 0) {
    console.error(`There is no such fault. There are: ${FAULTS.map(({ id }) => id).join(', ')}`);
    return 2;
  }
  const stage = await startStage(manyWorkflows, cleanUp);
  const startedAtMs = Date.now();
  console.log(heading());
  const outcomes: Outcome[] = [];
  const next = async (): Promise<void> => {
    for (let pair = chosen.shift(); pair !== undefined; pair = chosen.shift()) {
      const outcome = await runFault(...pair, stage, cleanUp);
      outcomes.push(outcome);
      console.log(outcomeLines(outcome));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  const { hits, text } = await searchDatabase(stage, outcomes[0]?.fault.id ?? '');
  console.log(text);
  const bad = outcomes.filter((outcome) => !isOk(outcome)).length;
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(0);
  console.log(`${String(outcomes.length)} faults in ${seconds} s, ${String(bad)} not as they should be.`);
  return bad === 0 && hits === 0 ? 0 : 1;
}

function pairs(short: boolean): [Fault, KeyServiceName][] {
  if (!short) {
    return FAULTS.flatMap((fault) =>
      fault.services.map((service): [Fault, KeyServiceName] => [fault, service]),
    );
  }
  // The longest one is the last, and begins first.
  return FAULTS.toReversed().flatMap((fault) => (fault.short === undefined ? [] : [[fault, fault.short]]));
}

const SETTLE_MS = 90_000;
/** For each order beyond a few. */
const SETTLE_EACH_MS = 300;

/**
 * Makes one fault with one key service, lets the workflows come to their end, and judges.
 *
 * @param cleanUp gets the step that ends everything, for when the run is interrupted
 */
async function runFault(
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
