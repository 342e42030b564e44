import type { Manifest, PodSpec } from './manifest';

/** What is wrong with the pods of some manifests: empty when they can do no more than they need to. */
export function weaknesses(manifests: readonly Manifest[]): readonly string[] {
  const pods = manifests.filter(({ kind }) => ['Deployment', 'Pod'].includes(kind));
  if (pods.length === 0) return ['there is no pod'];
  return pods.flatMap(({ kind, spec = {} }) => {
    const pod = kind === 'Pod' ? spec : (spec.template?.spec ?? {});
    return [...ofPod(pod), ...ofContainers(pod)].map((weakness) => `${kind}: ${weakness}`);
  });
}

function ofPod(pod: PodSpec): readonly string[] {
  const context = pod.securityContext ?? {};
  const profile = context['seccompProfile'] as { type?: string } | undefined;
  return failed({
    'mounts a token of the cluster': pod.automountServiceAccountToken === false,
    'has the addresses of all Services in its environment': pod.enableServiceLinks === false,
    'uses the host': !(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC ?? false),
    'may be root': context['runAsNonRoot'] === true && context['runAsUser'] === 65532,
    'has the group root': context['runAsGroup'] === 65532 && context['fsGroup'] === 65532,
    'has no seccomp profile': profile?.type === 'RuntimeDefault',
    'mounts more than configuration and secrets': (pod.volumes ?? []).every(
      (volume) => 'configMap' in volume || 'secret' in volume,
    ),
  });
}

function ofContainers({ containers = [] }: PodSpec): readonly string[] {
  if (containers.length !== 1) return ['has not one container'];
  return containers.flatMap(({ image, securityContext = {}, resources, volumeMounts = [] }) =>
    failed({
      'has an image without a version': /^[a-z0-9./-]+(:\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/.test(image),
      'may gain privileges': securityContext['allowPrivilegeEscalation'] === false,
      'is privileged': securityContext['privileged'] === false,
      'writes to its file system': securityContext['readOnlyRootFilesystem'] === true,
      'may be root': securityContext['runAsNonRoot'] === true,
      'has capabilities': JSON.stringify(securityContext['capabilities']) === '{"drop":["ALL"]}',
      'has no limit of memory': resources?.limits?.['memory'] !== undefined,
      'has a volume that it can write': volumeMounts.every(({ readOnly }) => readOnly === true),
    }),
  );
}

/** The names of the properties that do not hold. */
function failed(properties: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(properties).flatMap(([name, holds]) => (holds ? [] : [name]));
}
