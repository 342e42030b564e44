/**
 * The directions of imports (docs/decisions/0002-layout.md). Inside core, a layer may import the layers below it only.
 * Layers, from the top: codec, data-keys, keyring, key-encryption-key, then the ground: cipher, envelope,
 * encryption-context, durations, bytes, errors.
 */
const core = (folder) => `^packages/core/src/(${folder})/`;

/** What each layer of core may not import. */
const ABOVE = {
  'data-keys': 'codec',
  keyring: 'codec|data-keys',
  'key-encryption-key': 'codec|data-keys|keyring|cipher|envelope|encryption-context',
  cipher: 'codec|data-keys|keyring|key-encryption-key|encryption-context',
  envelope: 'codec|data-keys|keyring|cipher',
  'encryption-context': 'codec|data-keys|keyring|key-encryption-key|cipher|envelope',
  errors: 'codec|data-keys|keyring|key-encryption-key|cipher|envelope|encryption-context|bytes|durations',
  durations: 'codec|data-keys|keyring|key-encryption-key|cipher|envelope|encryption-context|bytes',
  bytes: 'codec|data-keys|keyring|key-encryption-key|cipher|envelope|encryption-context',
};

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(ABOVE).map(([layer, above]) => ({
      name: `core-${layer}-points-down`,
      severity: 'error',
      from: { path: core(layer) },
      to: { path: core(above) },
    })),
    {
      name: 'core-knows-nobody',
      severity: 'error',
      from: { path: '^packages/core/src/' },
      to: { path: '^packages/(?!core/)|^(tools|examples)/' },
    },
    {
      name: 'core-depends-on-three-packages',
      severity: 'error',
      from: { path: '^packages/core/src/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/(lru-cache|@temporalio/(common|proto))/' },
    },
    {
      name: 'providers-and-edges-know-core-only',
      severity: 'error',
      from: {
        path: '^packages/(local-key|aws-kms|gcp-kms|azure-key-vault|vault-transit|opentelemetry|temporal|codec-server|conformance|testing)/src/',
      },
      to: { path: '^packages/(?!core/)', pathNot: '^packages/$1/' },
    },
    {
      name: 'packages-know-no-tools',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '^(tools|examples|bench)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'types'] },
  },
};
