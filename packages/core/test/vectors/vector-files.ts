import { invalidVectors } from './invalid-vectors';
import { passedOnVectors } from './passed-on-vectors';
import { validVectors } from './valid-vectors';

/**
 * What docs/spec/vectors must hold: path below it → text. The archive is not in it: what is there never
 * changes.
 */
export function vectorFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...files('valid', validVectors()),
    ...files('invalid', invalidVectors()),
    ...files('passed-on', passedOnVectors()),
  ]);
}

function files(folder: string, vectors: ReadonlyMap<string, object>): (readonly [string, string])[] {
  return [...vectors].map(([name, vector]) => [
    `${folder}/${name}.json`,
    `${JSON.stringify(vector, undefined, 2)}\n`,
  ]);
}
