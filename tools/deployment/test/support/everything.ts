/** Values of the chart that switch on all that is off by default. */
export const EVERYTHING = {
  image: { digest: `sha256:${'0'.repeat(64)}` },
  tls: {
    secretName: '',
    clientCaSecretName: 'client-ca',
    certManager: { enabled: true, issuerRef: { name: 'internal' }, dnsNames: ['codec.example.com'] },
  },
  ingress: {
    enabled: true,
    className: 'nginx',
    hosts: ['codec.example.com'],
    tls: [{ secretName: 'public', hosts: ['codec.example.com'] }],
  },
  metrics: {
    enabled: true,
    serviceMonitor: { enabled: true, tlsConfig: { serverName: 'codec.example.com' } },
  },
  networkPolicy: { metricsFrom: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }] },
  autoscaling: { enabled: true },
  config: {
    server: { basePath: '/codec', auth: [{ type: 'client-certificate', subject: 'dns' }] },
  },
};
