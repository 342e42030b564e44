import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files in a folder of their own. */
export interface TemporaryFiles {
  readonly path: (name: string) => string;
  readonly remove: () => void;
}

/** Writes files that only their owner can read, by name. */
export function temporaryFiles(files: Readonly<Record<string, string>>): TemporaryFiles {
  const directory = mkdtempSync(join(tmpdir(), 'waxseal-key-service-'));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  return {
    path: (name) => join(directory, name),
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
