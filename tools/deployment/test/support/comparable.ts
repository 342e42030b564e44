import type { Container, Manifest } from './manifest';

/** Labels and annotations that say who wrote a manifest, not what it is. */
const OF_HELM = [
  'helm.sh/chart',
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/version',
  'checksum/config',
];

/**
 * Manifests so that those of Helm and of Kustomize are equal when they mean the same: by kind, without what
 * Helm writes about itself, ConfigMaps by their content, lists whose order has no meaning in order.
 */
export function comparable(manifests: readonly Manifest[]): Readonly<Record<string, unknown>> {
  const relevant = manifests.filter(({ kind }) => kind !== 'Pod');
  return Object.fromEntries(relevant.map((manifest) => [manifest.kind, strip(manifest)]));
}

function strip(manifest: Manifest): unknown {
  if (manifest.kind === 'ConfigMap') {
    return JSON.parse(manifest.data?.['waxseal.config.json'] ?? '') as unknown;
  }
  return JSON.parse(JSON.stringify(manifest), (key, value: unknown) => {
    if (OF_HELM.includes(key)) return undefined;
    if (key === 'containers') return (value as Container[]).map(sorted);
    if (key === 'volumes') return byName(value as { name: string }[]);
    if (['annotations', 'labels'].includes(key) && Object.keys(value as object).length === 0)
      return undefined;
    // The hash of its content, by Kustomize.
    if (key === 'name') return (value as string).replace(/(-config)-[a-z0-9]{10}$/, '$1');
    return value;
  });
}

function sorted(container: Container): unknown {
  const { env = [], volumeMounts = [], ...rest } = container;
  return { ...rest, env: byName(env), volumeMounts: byName(volumeMounts) };
}

function byName<T extends { readonly name: string }>(entries: readonly T[]): readonly T[] {
  return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
}
