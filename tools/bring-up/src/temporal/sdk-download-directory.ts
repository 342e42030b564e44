import { join } from 'node:path';

/**
 * Where the SDK's own download of the `temporal` command is kept.
 *
 * @param cache - the cache directory
 */
export function sdkDownloadDirectory(cache: string): string {
  return join(cache, 'temporal-sdk-download');
}
