import { historiesInFiles } from './history-files';
import { usageOf, type Finding, type OnPayload } from './read-usage';
import { Usage } from './usage';

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
  onPayload?: OnPayload,
): Promise<ScannedFiles> {
  const total = new Usage();
  const leftOut: string[] = [];
  for await (const { name, messages } of historiesInFiles(files, (why) => leftOut.push(why))) {
    total.add(usageOf({ kind: 'files', id: name }, messages, onFindings, onPayload));
  }
  return { usage: total, leftOut };
}
