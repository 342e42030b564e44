/**
 * Whether codec and Codec Server have become slower than their limits: what `npm test` asks of the benchmarks. Each is run in a new process
 * up to three times, since what else the machine does may last as long as one; what has become slower is above its limit in all of them.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ATTEMPTS = 3;

for (const file of ['codec.mjs', 'codec-server.mjs']) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  let status = 1;
  for (let attempt = 1; attempt <= ATTEMPTS && status !== 0; attempt++) {
    ({ status } = spawnSync(process.execPath, [path, '--check'], { stdio: 'inherit' }));
    if (status !== 0)
      console.log(`bench/${file} --check: attempt ${attempt} of ${ATTEMPTS} is above a limit.`);
  }
  process.exitCode ||= status ?? 1;
}
