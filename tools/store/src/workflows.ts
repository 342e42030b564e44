import { sleep } from '@temporalio/workflow';

/** Takes some tasks, each of which keeps payloads. */
export async function count(name: string): Promise<string[]> {
  const names: string[] = [];
  for (let step = 0; step < 3; step++) {
    await sleep(200);
    names.push(`${name}-${String(step)}`);
  }
  return names;
}
