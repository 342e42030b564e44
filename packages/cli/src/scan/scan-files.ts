import { historiesInFiles } from './history-files';
import type { Finding } from './scan-slice';
import { Usage, type FoundPayload } from './usage';
import type { Holder } from './use';

/** What histories in files hold. */
export interface ScannedFiles {
  readonly usage: Usage;
  /** Parts of them that were not looked at. */
  readonly leftOut: readonly string[];
}

/**
 * Reads exported histories.
 *
 * @param files files and folders; `-` is standard input
 * @throws ConfigurationError when one cannot be read, or is no history
 */
export async function scanFiles(
  files: readonly string[],
  onFindings?: (findings: readonly Finding[]) => void,
): Promise<ScannedFiles> {
  const total = new Usage();
  const leftOut: string[] = [];
  for await (const { name, messages } of historiesInFiles(files, (why) => leftOut.push(why))) {
    const usage = new Usage();
    const found: FoundPayload[] = [];
    for (const message of messages) usage.read(message, onFindings && ((one) => found.push(one)));
    const holder: Holder = { kind: 'files', id: name };
    usage.heldBy(holder);
    total.add(usage);
    onFindings?.(found.map((one) => ({ ...one, holder })));
  }
  return { usage: total, leftOut };
}
