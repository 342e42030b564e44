import type { PayloadCodec } from '@temporalio/common';
import { ZlibCodec } from '@waxseal/compression';

import { FernetCodec, SamplesCodec } from '../../src';
import { type FleetProgram, goFleet, javaFleet, pythonFleet } from './fleet-programs';
import { KEYS } from './peers';

/** What each fleet begins: two that it runs to their ends, and one for a Worker of Waxseal. */
export type Execution = 'done' | 'failed' | 'open';

/** Those who encrypt in another language, under the key of the samples or by a Codec Server. */
export interface Fleet {
  readonly name: string;
  /** What its program is to encrypt by. */
  readonly codec: string;
  readonly program: (directory: string) => Promise<FleetProgram>;
  /** The IDs that its payloads name, in their order; an empty text where none is named. */
  readonly keyIds: Readonly<Record<Execution, readonly string[]>>;
  /** As `waxseal keys usage` calls it. */
  readonly format: 'samples' | 'fernet' | 'waxseal';
  /** What stands before the `EnvelopeCodec`. */
  readonly readers: () => readonly PayloadCodec[];
  /** How docs/migrating.md marks the line that shows these; where they are none, another's does no harm. */
  readonly documented: string;
}

const key = Buffer.from(KEYS.samples);
const always = (keyId: string): Fleet['keyIds'] => ({ done: [keyId], failed: [keyId], open: [keyId] });
const underOneId = {
  codec: 'samples',
  keyIds: always('test-key-id'),
  format: 'samples',
  readers: () => [new SamplesCodec({ keys: { 'test-key-id': key } })],
  documented: 'TypeScript, Python',
} as const satisfies Partial<Fleet>;

export const FLEETS: readonly Fleet[] = [
  { ...underOneId, name: 'Python', program: pythonFleet },
  {
    name: 'Python by Fernet',
    codec: 'fernet',
    program: pythonFleet,
    keyIds: always(''),
    format: 'fernet',
    readers: () => [new FernetCodec({ keys: [key] })],
    documented: 'Fernet',
  },
  { ...underOneId, name: 'Go', program: goFleet },
  {
    name: 'Go with key IDs of a context',
    codec: 'context',
    program: goFleet,
    // The SDK hands no context to what converts failures, and the client that begins the last has none.
    keyIds: { done: ['test'], failed: ['', 'test'], open: [''] },
    format: 'samples',
    readers: () => [new ZlibCodec(), new SamplesCodec({ keys: { test: key }, emptyKeyId: 'test' })],
    documented: 'Go',
  },
  {
    name: 'Java',
    codec: 'samples',
    program: javaFleet,
    keyIds: always(KEYS.samples),
    format: 'samples',
    readers: () => [new SamplesCodec({ keyIdsThatAreKeys: [key] })],
    documented: 'Java',
  },
  {
    name: 'Go by the Codec Server',
    codec: 'remote',
    program: goFleet,
    keyIds: always('orders/v1'),
    format: 'waxseal',
    readers: () => [],
    documented: 'Go',
  },
];

const programs = new Map<Fleet['program'], Promise<FleetProgram | string>>();

/**
 * The program of a fleet, which is found or built once.
 *
 * @param directory - for what is built
 * @returns why there is none, where there is none
 */
export function programOf({ program }: Fleet, directory: string): Promise<FleetProgram | string> {
  const made =
    programs.get(program) ??
    program(directory).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  programs.set(program, made);
  return made;
}
