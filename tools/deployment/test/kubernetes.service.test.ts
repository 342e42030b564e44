import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { findTool } from '../src/find-tool';
import { runTool, type Tool } from '../src/tool';
import { TOOLS } from '../src/tools';
import { comparable } from './support/comparable';
import { EVERYTHING } from './support/everything';
import { only, type Manifest } from './support/manifest';
import { buildOverlay, CHART, CLOUDS, renderChart, valuesOf, writeValues } from './support/render';
import { weaknesses } from './support/weaknesses';

/** The oldest that the chart takes, and the newest that the validator knows. */
const KUBERNETES = ['1.28', '1.37'];

/** Kinds of the API of Kubernetes itself: the validator has no schemas of others. */
const BUILT_IN = /^(v1|apps\/v1|policy\/v1|autoscaling\/v2|networking\.k8s\.io\/v1)$/;

const folder = temporaryDirectory();
let helm: Tool;
let kubectl: Tool;
let validate: Tool;
const charts: Record<string, readonly Manifest[]> = {};
const overlays: Record<string, readonly Manifest[]> = {};

beforeAll(async () => {
  [helm, kubectl, validate] = (await Promise.all(
    [TOOLS.helm, TOOLS.kubectl, TOOLS.kubernetesValidate].map((tool) => findTool(tool)),
  )) as [Tool, Tool, Tool];
  for (const cloud of CLOUDS) {
    charts[cloud] = await renderChart(helm, valuesOf(cloud));
    overlays[cloud] = await buildOverlay(kubectl, cloud);
  }
  charts['everything'] = await renderChart(
    helm,
    valuesOf('aws'),
    writeValues(folder, 'everything', EVERYTHING),
  );
}, 300_000);

describe('what deploy/ gives to Kubernetes', () => {
  it('is valid by the schemas of its API', async () => {
    const manifests = [...Object.values(charts), ...Object.values(overlays)].flat();
    const files = manifests
      .filter(({ apiVersion }) => BUILT_IN.test(apiVersion))
      .map((manifest, index) => {
        const path = join(folder, `${String(index)}.yaml`);
        writeFileSync(path, JSON.stringify(manifest));
        return path;
      });
    expect(files.length).toBeGreaterThan(50);
    for (const version of KUBERNETES) {
      await runTool(validate, ['--strict', '--quiet', '--kubernetes-version', version, ...files]);
    }
  }, 120_000);

  it.each(CLOUDS)('is the same from Helm and from Kustomize: %s', (cloud) => {
    const { NetworkPolicy, ...overlay } = comparable(overlays[cloud] ?? []);
    const { NetworkPolicy: policy, ...chart } = comparable(charts[cloud] ?? []);
    expect(chart).toEqual(overlay);
    expect(Object.keys(chart)).toHaveLength(5);
    expect(withoutTestPod(policy as Manifest)).toEqual(NetworkPolicy);
  });

  it.each([...CLOUDS, 'everything'])('runs with the least rights: %s', (name) => {
    expect(weaknesses(charts[name] ?? [])).toEqual([]);
    if (name in overlays) expect(weaknesses(overlays[name] ?? [])).toEqual([]);
  });

  it.each([...CLOUDS, 'everything'])('denies all traffic but what it lists: %s', (name) => {
    const manifests = charts[name] ?? [];
    const { spec = {} } = only(manifests, 'NetworkPolicy');
    const labels = only(manifests, 'Deployment').spec?.template?.metadata.labels;
    expect(labels).toMatchObject(spec.podSelector?.matchLabels ?? { none: '' });
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    for (const { from } of spec.ingress ?? []) expect(from).not.toHaveLength(0);
    for (const { to = [], ports = [] } of spec.egress ?? []) {
      expect([to.length, ports.length].every((count) => count > 0)).toBe(true);
      for (const { ipBlock } of to) {
        if (ipBlock?.cidr === '0.0.0.0/0') expect(ipBlock.except).toContain('169.254.0.0/16');
      }
    }
  });

  it('lets the identity of each cloud in, and nobody else', () => {
    const annotations = CLOUDS.map(
      (cloud) => only(charts[cloud] ?? [], 'ServiceAccount').metadata.annotations,
    );
    expect(annotations).toEqual([
      { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/waxseal-codec-server' },
      { 'iam.gke.io/gcp-service-account': 'codec-server@orders-prod.iam.gserviceaccount.com' },
      { 'azure.workload.identity/client-id': '00000000-0000-0000-0000-000000000000' },
      undefined,
    ]);
    const used = CLOUDS.filter((cloud) => {
      const { labels } = only(charts[cloud] ?? [], 'Deployment').spec?.template?.metadata ?? {};
      return labels?.['azure.workload.identity/use'] === 'true';
    });
    expect(used).toEqual(['azure']);
  });
});

describe('the chart', () => {
  it.each(CLOUDS)('passes helm lint with the values of %s', async (cloud) => {
    await runTool(helm, ['lint', '--strict', '--quiet', CHART, '--values', valuesOf(cloud)]);
  });

  it('makes certificate, ingress, monitor and autoscaler, with the base path and client certificates', () => {
    const all = charts['everything'] ?? [];
    expect(only(all, 'Certificate').spec).toMatchObject({
      secretName: 'waxseal-codec-server-tls',
      issuerRef: { kind: 'Issuer', name: 'internal' },
      dnsNames: [
        'waxseal-codec-server.codec.svc',
        'waxseal-codec-server.codec.svc.cluster.local',
        'codec.example.com',
      ],
    });
    expect(only(all, 'Ingress').spec).toMatchObject({
      rules: [{ http: { paths: [{ path: '/codec/', backend: { service: { port: { name: 'https' } } } }] } }],
    });
    expect(only(all, 'ServiceMonitor').spec).toMatchObject({
      endpoints: [{ port: 'https', scheme: 'https', path: '/codec/metrics' }],
    });
    expect(only(all, 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 2 });
    const deployment = only(all, 'Deployment').spec;
    expect(deployment?.replicas).toBeUndefined();
    const [container] = deployment?.template?.spec.containers ?? [];
    expect(container).toMatchObject({
      image: `registry.example.com/waxseal@${EVERYTHING.image.digest}`,
      readinessProbe: { httpGet: { path: '/codec/readyz', scheme: 'HTTPS' } },
      livenessProbe: { httpGet: { path: '/codec/healthz', scheme: 'HTTPS' } },
    });
    const config: unknown = JSON.parse(only(all, 'ConfigMap').data?.['waxseal.config.json'] ?? '');
    expect(config).toMatchObject({
      server: { metrics: true, tls: { clientCaFile: '/etc/waxseal/client-ca/ca.crt' } },
    });
  });

  it('lets nobody connect where nobody is listed', async () => {
    const values = { networkPolicy: { ingressFrom: [] }, test: { enabled: false } };
    const manifests = await renderChart(helm, valuesOf('aws'), writeValues(folder, 'nobody', values));
    expect(only(manifests, 'NetworkPolicy').spec?.ingress).toEqual([]);
  });

  it('starts new pods when the configuration changes', async () => {
    const changed = writeValues(folder, 'changed', {
      config: { server: { allowedOrigins: ['https://b.example'] } },
    });
    const checksums = [charts['aws'] ?? [], await renderChart(helm, valuesOf('aws'), changed)].map(
      (manifests) => only(manifests, 'Deployment').spec?.template?.metadata.annotations?.['checksum/config'],
    );
    expect(checksums[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(checksums[1]).not.toBe(checksums[0]);
  });

  it('is refused without values of its own', async () => {
    await expect(runTool(helm, ['template', 'x', CHART])).rejects.toThrow('image.repository');
  });

  it.each<[string, object, string]>([
    ['no image', { image: { repository: '' } }, 'image.repository'],
    ['no key', { config: { decryptKeys: [] } }, 'config: name a key'],
    ['no authentication', { config: { server: { auth: [] } } }, 'config.server.auth is missing'],
    ['a loopback address', { config: { server: { host: '127.0.0.1' } } }, 'loopback'],
    ['a port of root', { config: { server: { port: 443 } } }, '1024 or higher'],
    ['an audit file', { config: { server: { audit: '/var/log/a.jsonl' } } }, 'read-only'],
    [
      'a token in clear',
      { config: { server: { auth: [{ type: 'bearer', tokens: [{ token: 'x' }] }] } } },
      'tokenSha256',
    ],
    ['TLS by hand', { config: { server: { tls: { certFile: '/x' } } } }, 'config.server.tls'],
    ['metrics by hand', { config: { server: { metrics: true } } }, 'config.server.metrics'],
    [
      'client certificates without authority',
      { config: { server: { auth: [{ type: 'client-certificate' }] } } },
      'clientCaSecretName',
    ],
    ['an authority for nobody', { tls: { clientCaSecretName: 'ca' } }, 'nothing looks at certificates'],
    ['draining by hand', { config: { server: { drainDelay: '5s' } } }, 'drainDelaySeconds'],
    ['no certificate', { tls: { secretName: '' } }, 'tls.enabled needs a certificate'],
    ['no issuer', { tls: { certManager: { enabled: true } } }, 'issuerRef.name'],
    [
      'plain HTTP for the network',
      { tls: { enabled: false }, service: { type: 'LoadBalancer' } },
      'in clear',
    ],
    ['an ingress in clear', { ingress: { enabled: true, hosts: ['a.example'] } }, 'ingress.tls'],
    ['a monitor of nothing', { metrics: { serviceMonitor: { enabled: true } } }, 'metrics.enabled'],
    [
      'a monitor without an authority',
      { metrics: { enabled: true, serviceMonitor: { enabled: true } } },
      'tlsConfig',
    ],
    ['too short a time to drain', { drainDelaySeconds: 20 }, 'terminationGracePeriodSeconds'],
    ['an unknown value', { networkPolicies: {} }, 'networkPolicies'],
    ['an open rule', { networkPolicy: { extraEgress: [{ ports: [{ port: 1 }] }] } }, "'to'"],
    ['a role that is none', { workloadIdentity: { aws: { roleArn: 'admin' } } }, 'roleArn'],
    ['another configuration', { env: [{ name: 'WAXSEAL_CONFIG', value: '/x' }] }, 'env'],
  ])('is refused with %s', async (name, values, message) => {
    const file = writeValues(folder, name.replaceAll(' ', '-'), values);
    await expect(renderChart(helm, valuesOf('aws'), file)).rejects.toThrow(message);
  });
});

/** A policy without the rule for the pod of `helm test`, which Kustomize has none of. */
function withoutTestPod(policy: Manifest): unknown {
  return JSON.parse(JSON.stringify(policy), (key, value: unknown) =>
    key === 'from'
      ? (value as unknown[]).filter(
          (peer) => !JSON.stringify(peer).includes('"app.kubernetes.io/component":"test"'),
        )
      : value,
  );
}
