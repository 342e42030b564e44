import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from '@waxseal/bring-up';

import { runTool, type Tool } from '../../src/tool';
import { parseManifests, type Manifest } from './manifest';

export const CHART = join(repositoryRoot, 'deploy/helm/waxseal-codec-server');
export const CLOUDS = ['aws', 'gcp', 'azure', 'vault'] as const;

/** A file of example values. */
export const valuesOf = (cloud: string): string => join(CHART, 'ci', `${cloud}-values.yaml`);

/** Renders the chart with files of values, the later before the earlier. */
export async function renderChart(helm: Tool, ...files: readonly string[]): Promise<readonly Manifest[]> {
  const values = files.flatMap((file) => ['--values', file]);
  const release = ['template', 'waxseal-codec-server', CHART, '--namespace', 'codec', ...values];
  return parseManifests(await runTool(helm, release));
}

/** Builds an overlay. */
export async function buildOverlay(kubectl: Tool, name: string): Promise<readonly Manifest[]> {
  const folder = join(repositoryRoot, 'deploy/kustomize/overlays', name);
  return parseManifests(await runTool(kubectl, ['kustomize', folder]));
}

/** Writes values, which are JSON and so YAML, into a folder. */
export function writeValues(folder: string, name: string, values: object): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(values));
  return path;
}
