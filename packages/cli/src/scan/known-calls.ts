import { temporal } from '@temporalio/proto';
import type { Listed } from './slices';
import type { TemporalReader } from './temporal-reader';

const api = temporal.api.workflowservice.v1;

/** What a server can be asked, beside what each can. */
export interface Known {
  readonly listed: readonly Listed[];
  readonly deployments: boolean;
  readonly batches: boolean;
}

/** What can be asked, and what that leaves out. */
export interface WhatIsKnown {
  readonly known: Known;
  /** What the server has, and does not answer. */
  readonly leftOut: readonly string[];
  /** What the server does not have, or has switched off. */
  readonly blindSpots: readonly string[];
}

type Capabilities = temporal.api.namespace.v1.NamespaceInfo.ICapabilities;

/** A call that not all servers know. */
interface Call {
  readonly method: string;
  readonly what: string;
  /** The first version of Temporal's server with it: major and minor. */
  readonly since: readonly [number, number];
  readonly isKnown: (reader: TemporalReader) => Promise<true | string>;
  readonly isPromised?: (capabilities: Capabilities) => boolean;
}

const ACTIVITIES: Call = {
  method: 'CountActivityExecutions',
  what: 'Standalone activities',
  since: [1, 31],
  isKnown: (reader) =>
    reader.knows('CountActivityExecutions', api.CountActivityExecutionsRequest, ofNamespace(reader)),
  isPromised: ({ standaloneActivities }) => standaloneActivities === true,
};
const NEXUS: Call = {
  method: 'CountNexusOperationExecutions',
  what: 'Standalone Nexus operations',
  since: [1, 32],
  isKnown: (reader) =>
    reader.knows(
      'CountNexusOperationExecutions',
      api.CountNexusOperationExecutionsRequest,
      ofNamespace(reader),
    ),
  isPromised: ({ standaloneNexusOperation }) => standaloneNexusOperation === true,
};
const DEPLOYMENTS: Call = {
  method: 'ListWorkerDeployments',
  what: 'Deployments of Workers',
  since: [1, 28],
  isKnown: (reader) =>
    reader.knows('ListWorkerDeployments', api.ListWorkerDeploymentsRequest, ofNamespace(reader)),
};
const BATCHES: Call = {
  method: 'ListBatchOperations',
  what: 'Batch operations',
  since: [1, 18],
  isKnown: (reader) =>
    reader.knows('ListBatchOperations', api.ListBatchOperationsRequest, ofNamespace(reader)),
};

function ofNamespace({ namespace }: TemporalReader): { readonly namespace: string } {
  return { namespace };
}

/**
 * Finds out what a server can be asked. What it does not know, it cannot hold; but a proxy in between that is
 * older than the server answers so in its place, and then not all was looked at.
 *
 * @param capabilities what the server says of the namespace
 * @throws TemporalFault when Temporal does not answer
 */
export async function whatIsKnown(reader: TemporalReader, capabilities: Capabilities): Promise<WhatIsKnown> {
  const leftOut: string[] = [];
  const blindSpots: string[] = [];
  let version: string | undefined;
  const knows = async ({ method, what, since, isKnown, isPromised }: Call): Promise<boolean> => {
    const said = await isKnown(reader);
    if (said === true) return true;
    version ??= await versionOf(reader);
    if (SWITCHED_OFF.test(said))
      blindSpots.push(`${what}: this server has them switched off, and lists none.`);
    else if (isPromised?.(capabilities) === true || !isOlder(version, since)) {
      const server = version === '' ? 'the server does not tell its version' : `the server is ${version}`;
      leftOut.push(
        `${what} were not looked at: ${server}, and ${method} is answered as if it were not there. Where a proxy is in between, ask Temporal itself`,
      );
    } else blindSpots.push(`${what}: this server lists none.`);
    return false;
  };
  const [activities, nexus] = [await knows(ACTIVITIES), await knows(NEXUS)];
  const known = {
    listed: [
      'workflows' as const,
      ...(activities ? (['activities'] as const) : []),
      ...(nexus ? (['nexusOperations'] as const) : []),
    ],
    deployments: await knows(DEPLOYMENTS),
    batches: await knows(BATCHES),
  };
  return { known, leftOut, blindSpots };
}

/** What the server itself says, as in "Standalone Nexus operation is disabled". */
const SWITCHED_OFF = /\b(?:is|are) (?:disabled|not enabled)\b/;

/** Empty where it is not told. */
async function versionOf(reader: TemporalReader): Promise<string> {
  const request = api.GetSystemInfoRequest;
  if ((await reader.knows('GetSystemInfo', request, {})) !== true) return '';
  const info = await reader.demand('GetSystemInfo', request, {}, api.GetSystemInfoResponse);
  return info.serverVersion.slice(0, 100);
}

/** False where it cannot be told. */
function isOlder(version: string, [major, minor]: Call['since']): boolean {
  const [, ownMajor, ownMinor] = /^v?(\d+)\.(\d+)(?:\D|$)/.exec(version) ?? [];
  return Number(ownMajor) < major || (Number(ownMajor) === major && Number(ownMinor) < minor);
}
