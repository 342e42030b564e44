import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The flows that a newcomer follows first, and the most files with a function that runs in each. */
export const FLOWS = [
  { name: 'first-encode', title: 'first encode', most: 30 },
  { name: 'warm-encode', title: 'warm encode', most: 13 },
  { name: 'masked-decode', title: 'POST /decode to a masked answer', most: 41 },
  { name: 'uri-to-kms', title: 'key URI to a request to AWS KMS', most: 25 },
];

/** @returns the source files of packages with a function that ran, sorted */
export async function filesOf({ name }) {
  const child = fork(fileURLToPath(new URL('run-flow.mjs', import.meta.url)), [name], {
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  const [files] = await once(child, 'message');
  child.disconnect();
  return files;
}
