import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rights of each who uses a key, in the order in which each provider's documents give them. */
interface Rights {
  readonly worker: string;
  readonly decoder: string;
  readonly doctor: string;
}

/**
 * The rights that a provider's README prescribes, as they stand in its blocks of code, so that a test grants
 * what a reader would.
 *
 * @param packageDirectory of the provider
 * @param language of the blocks, as it stands behind the three backticks
 */
export function documentedRights(packageDirectory: string, language: string): Rights {
  const readme = readFileSync(join(packageDirectory, 'README.md'), 'utf8');
  const [, section = ''] = readme.split(/^## (?:Least rights|Rights)$/m);
  const blocks = [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text]) => text,
  );
  const [worker, decoder, doctor] = blocks;
  if (worker === undefined || decoder === undefined || doctor === undefined) {
    throw new Error(`The README of ${packageDirectory} has not three blocks of ${language} with rights.`);
  }
  return { worker, decoder, doctor };
}
