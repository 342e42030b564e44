import { parseAllDocuments } from 'yaml';

/** The parts of a Kubernetes object that the tests look at. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly automountServiceAccountToken?: boolean;
  readonly spec?: Spec;
}

interface Spec extends PodSpec {
  readonly replicas?: number;
  readonly selector?: unknown;
  readonly template?: { readonly metadata: Manifest['metadata']; readonly spec: PodSpec };
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly { readonly from?: readonly unknown[] }[];
  readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: readonly unknown[] }[];
}

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

/** The parts of a pod's specification that the tests look at. */
export interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly terminationGracePeriodSeconds?: number;
  readonly containers?: readonly Container[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
}

/** The parts of a container that the tests look at. */
export interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
  readonly volumeMounts?: readonly { readonly name: string; readonly readOnly?: boolean }[];
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
}

/** The objects of a stream of YAML documents; empty documents are left out. */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) throw error;
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}

/** The one object of a kind. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const [first, second] = manifests.filter((manifest) => manifest.kind === kind);
  if (first === undefined || second !== undefined) throw new Error(`There is not exactly one ${kind}.`);
  return first;
}
