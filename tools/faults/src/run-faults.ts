import type { CleanUp } from '@waxseal/bring-up';
import type { Fault } from './fault';
import { FAULTS } from './faults';
import type { KeyServiceName } from './key-services/faulty-key-service';
import { isOk } from './report/is-ok';
import type { Outcome } from './report/outcome';
import { heading, outcomeLines } from './report/print-outcome';
import { searchDatabase } from './report/search-database';
import { runFault } from './run-fault';
import { startStage } from './scene/start-stage';

/** What is run. */
export interface RunOptions {
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
