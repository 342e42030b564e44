/**
 * The directions of imports (docs/decisions/0002-layout.md): a file imports from its own floor and from those below it.
 */

/** The floors of each package, from the top. A name stands for a folder or for a file beside `index.ts`. */
const FLOORS = {
  core: [
    ['index', 'provider', 'internal'],
    ['codec'],
    ['data-keys'],
    ['keyring'],
    ['envelope'],
    ['key'],
    ['base'],
  ],
  'codec-server': [
    ['index'],
    ['server-config'],
    ['node'],
    ['codec-server', 'payload-decoder'],
    ['http'],
    ['pages'],
    ['options'],
    ['auth', 'storage', 'audit', 'refusal-sums'],
    ['authorization', 'run-codecs', 'telemetry'],
    ['masking', 'protojson', 'routing', 'codec-error'],
    ['fields', 'request-error', 'readiness', 'describe-payload', 'rate-limiter', 'client-address'],
  ],
  cli: [
    ['index'],
    ['run'],
    ['program'],
    ['commands'],
    ['count', 'init', 'dev', 'drain', 'reseal-files', 'subjects', 'store', 'search-keys', 'completion'],
    ['reseal'],
    ['keys', 'decode'],
    ['scan-workers', 'doctor', 'serve', 'inspect', 'ask-health', 'namespace-histories'],
    ['count-payloads'],
    ['scan'],
    ['temporal'],
    ['json-array'],
    ['read-input', 'configuration', 'server-settings', 'output', 'printable'],
    ['failure', 'terminal'],
  ],
  config: [
    ['index'],
    ['load-config'],
    ['load-store'],
    ['keyring-from-uris', 'named-keys', 'config-file'],
    ['waxseal-config'],
    ['key-from-uri', 'store-from-uri', 'subjects', 'compression'],
    ['at-field', 'import-optional', 'suggest-uri', 'variables'],
  ],
  store: [
    ['index'],
    ['pglite-store', 'postgres'],
    ['sql'],
    ['shared-data-keys'],
    ['store', 'store-error'],
    ['shared-key-records'],
  ],
  temporal: [
    ['index'],
    ['envelope-plugin'],
    ['clear-text'],
    ['data-converter', 'headers', 'search'],
    ['codec-chain', 'failure-converter', 'decode-only-failure-converter'],
    ['envelope-failure-converter'],
    ['payload-fallback', 'redacting-logger', 'own-interceptors'],
  ],
  'claim-check': [
    ['index'],
    ['token-codec', 'collection'],
    ['token-codec-options', 'store-driver'],
    ['naming-keys', 'record-cache', 'token-record', 'token-filter'],
    ['token'],
    ['token-error'],
  ],
  compression: [
    ['index'],
    ['zlib-codec', 'zstd-codec', 'look-inside'],
    ['compressing-codec'],
    ['compression-options', 'decompress'],
    ['zlib-format', 'zstd-format'],
    ['compression-format', 'zstd-frame', 'inner-payload', 'decode-budget'],
    ['compression-error', 'padme', 'thread-slots'],
  ],
  subjects: [
    ['index'],
    ['subject-keys'],
    ['subject-keys-options', 'subject-key'],
    ['key-memory'],
    ['sealed-keys', 'subject-error'],
    ['subject'],
    ['subject-name'],
    ['wrapping', 'for-subject'],
  ],
  compat: [
    ['index'],
    ['samples-codec', 'fernet-codec', 'temporal-proxy-codec', 'encryption-sdk-codec'],
    ['proxy-decoder', 'encryption-sdk-client'],
    ['temporal-proxy-options'],
    ['secretbox-key'],
    ['proxy-key', 'kek-uri', 'static-key', 'fernet'],
    ['peer-format-error', 'peer-payload', 'aes-gcm'],
  ],
  testing: [['index'], ['aws-kms', 'azure-key-vault', 'gcp-kms'], ['loopback', 'script']],
  conformance: [
    ['index'],
    ['run-key-provider-case', 'run-store-case'],
    ['key-provider-cases', 'store-cases'],
    ['cases-of-key-providers', 'cases-of-stores'],
    ['check', 'run-case'],
  ],
};

const place = (name, names) => `^packages/${name}/src/(${names.join('|')})(/|\\.ts$)`;

const floorRules = Object.entries(FLOORS).flatMap(([name, floors]) =>
  floors.slice(1).map((floor, index) => ({
    name: `${name}-${floor[0]}-points-down`,
    severity: 'error',
    from: { path: place(name, floor) },
    to: { path: place(name, floors.slice(0, index + 1).flat()) },
  })),
);

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...floorRules,
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
        path: '^packages/(local-key|aws-kms|gcp-kms|azure-key-vault|vault-transit|opentelemetry|temporal|codec-server|compression|store|testing|compat)/src/',
      },
      to: { path: '^packages/(?!core/)', pathNot: '^packages/$1/' },
    },
    {
      name: 'claim-check-knows-store-and-core',
      severity: 'error',
      from: { path: '^packages/claim-check/src/' },
      to: { path: '^packages/(?!claim-check/|store/|core/)' },
    },
    {
      name: 'subjects-know-store-and-core',
      severity: 'error',
      from: { path: '^packages/subjects/src/' },
      to: { path: '^packages/(?!subjects/|store/|core/)' },
    },
    {
      name: 'marks-know-temporal-only',
      severity: 'error',
      from: { path: '^packages/subjects/src/for-subject' },
      to: { pathNot: 'node_modules/@temporalio/common/' },
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
