import { searchDatabaseFile } from '@waxseal/bring-up';

import type { Stage } from '../scene/stage';

/**
 * Searches the server's database for what is confidential in any fault.
 *
 * @returns lines for the report
 * @throws Error when the search does not even find a workflow's ID, which is in clear
 */
export async function searchDatabase(
  { databaseFile, marker }: Stage,
  control: string,
): Promise<{ readonly hits: number; readonly text: string }> {
  if (databaseFile === undefined) {
    return { hits: 0, text: 'The database of the server at TEMPORAL_ADDRESS cannot be searched from here.' };
  }
  const found = await searchDatabaseFile(databaseFile, [marker, control]);
  if (!found.some(({ needle }) => needle === control)) {
    throw new Error(`The search of the database does not find ${control}, which is in it.`);
  }
  const hits = found.filter(({ needle }) => needle === marker).length;
  return { hits, text: `Confidential texts in clear in the server's database file: ${String(hits)}` };
}
