import type { ResolvedOptions } from '../options/resolve-options';

const BASE64 = { type: 'string', contentEncoding: 'base64' };
const COUNT = { type: 'integer', minimum: 0 };

/**
 * The bodies of the OpenAPI document: protojson of `temporal.api.common.v1.Payloads`, and the server's own.
 */
const OPEN_API_SCHEMAS = {
  Payload: {
    type: 'object',
    properties: {
      metadata: { type: ['object', 'null'], additionalProperties: BASE64 },
      data: { ...BASE64, type: ['string', 'null'] },
      externalPayloads: {
        type: ['array', 'null'],
        items: {
          type: 'object',
          properties: { sizeBytes: { type: ['string', 'integer'], pattern: '^[0-9]{1,19}$', minimum: 0 } },
        },
      },
    },
  },
  Payloads: {
    type: 'object',
    properties: {
      payloads: {
        type: ['array', 'null'],
        maxItems: 10_000,
        items: { $ref: '#/components/schemas/Payload' },
      },
    },
  },
  Descriptions: {
    type: 'object',
    required: ['payloads'],
    additionalProperties: false,
    properties: { payloads: { type: 'array', items: { $ref: '#/components/schemas/Description' } } },
  },
  Description: {
    type: 'object',
    required: ['dataBytes'],
    additionalProperties: false,
    properties: {
      encoding: { type: 'string' },
      keyId: { type: 'string' },
      dataBytes: COUNT,
      defect: { type: 'string' },
      envelope: {
        type: 'object',
        required: ['version', 'suite', 'wrappedKeys', 'context', 'headerBytes', 'ciphertextBytes'],
        additionalProperties: false,
        properties: {
          version: COUNT,
          suite: COUNT,
          wrappedKeys: {
            type: 'array',
            items: { type: 'object', properties: { keyId: { type: 'string' }, bytes: COUNT } },
          },
          context: { type: 'object', additionalProperties: { type: 'string' } },
          headerBytes: COUNT,
          ciphertextBytes: COUNT,
        },
      },
    },
  },
  Error: {
    type: 'object',
    required: ['error'],
    additionalProperties: false,
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message', 'help'],
        additionalProperties: false,
        properties: {
          code: { type: 'string', pattern: '^[A-Z][A-Z_]*$' },
          message: { type: 'string' },
          help: { type: 'string', format: 'uri', description: 'Page that says what to do next' },
        },
      },
    },
  },
} as const;

const NAMESPACE = {
  name: 'namespace',
  in: 'path',
  required: true,
  description: 'Namespace of the payloads. X-Namespace must agree.',
  schema: { type: 'string', minLength: 1, maxLength: 1000 },
};

const HEADER = {
  name: 'X-Namespace',
  in: 'header',
  description: 'Namespace of the payloads, where the path has none.',
  schema: { type: 'string', maxLength: 1000 },
};

const EXECUTION = [
  {
    name: 'X-Workflow-Id',
    in: 'header',
    description:
      'The workflow that is read, for the audit log. A claim; percent-encoded where it is no ASCII.',
    schema: { type: 'string', maxLength: 1000 },
  },
  {
    name: 'X-Run-Id',
    in: 'header',
    description: 'The run of it that is read, for the audit log. A claim.',
    schema: { type: 'string', maxLength: 1000 },
  },
];

const PRESERVE = {
  name: 'preserveStorageRefs',
  in: 'query',
  description: 'true leaves references to external storage as they are.',
  schema: { type: 'string' },
};

const OPERATIONS = {
  decode: { summary: 'Decode payloads', answer: 'Payloads', parameters: [PRESERVE] },
  encode: { summary: 'Encode payloads', answer: 'Payloads', parameters: [PRESERVE] },
  download: {
    summary: 'Fetch payloads from external storage, and decode them',
    answer: 'Payloads',
    parameters: [PRESERVE],
  },
  inspect: {
    summary: 'Say what payloads say of themselves in clear',
    answer: 'Descriptions',
    parameters: [],
  },
} as const;

/** Statuses of refusals, each with the body of an error. docs/codec-server.md lists their codes. */
const ERRORS: Readonly<Record<string, string>> = {
  400: 'The request is not well-formed, or names no namespace',
  401: 'It is not known who asks',
  403: 'This may not be done',
  404: 'Not served here, or the payload names an unknown key or token',
  410: 'The payload was of somebody whose data have been erased',
  413: 'The body is too large, or the payloads are that tokens stand for',
  415: 'The body is compressed',
  422: 'A payload could not be decrypted, or a token does not lead to one',
  429: 'Too many requests',
  500: 'The server failed',
  502: 'The key service, the store or the external storage refuses',
  503: 'The key service or another service does not answer. Try again',
  504: 'It took too long. Try again',
};

const GET = {
  '/': ['What this is, for people', 'text/html', []],
  '/healthz': ['Whether the process answers', 'text/plain', []],
  '/readyz': ['Whether keys can be used, or with ?key=<key ID> that key', 'text/plain', ['404', '503']],
  '/openapi.json': ['This document', 'application/json', []],
} as const;

/**
 * The server's interface in OpenAPI 3.1, as `/openapi.json` gives it. It holds nothing of the configuration
 * but the base path, which endpoints there are, and whether it is asked who makes a request.
 */
export function openApiDocument({
  accessControl,
  allowEncode,
  basePath,
  externalStorage,
  metrics,
}: ResolvedOptions): Readonly<Record<string, unknown>> {
  const served = Object.entries(OPERATIONS).filter(
    ([name]) => (name !== 'encode' || allowEncode) && (name !== 'download' || externalStorage !== undefined),
  );
  const posts = served.flatMap(([name, operation]) => [
    [`/${name}`, { post: post(name, operation, [HEADER, ...EXECUTION, ...operation.parameters]) }],
    [
      `/{namespace}/${name}`,
      { post: post(`${name}InNamespace`, operation, [NAMESPACE, ...EXECUTION, ...operation.parameters]) },
    ],
  ]);
  const gets = Object.entries({
    ...GET,
    ...(metrics === undefined ? {} : { '/metrics': ['Metrics for Prometheus', 'text/plain', []] as const }),
  }).map(([path, [summary, type, others]]) => [path, { get: get(summary, type, others) }]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Waxseal Codec Server',
      summary: 'Decodes and encodes payloads for the Temporal Web UI and CLI',
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `/${basePath.map(encodeURIComponent).join('/')}` }],
    security: accessControl === undefined ? [] : [{ token: [] }],
    paths: Object.fromEntries([...posts, ...gets]) as Record<string, unknown>,
    components: {
      schemas: OPEN_API_SCHEMAS,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'Depending on the configuration, a cookie, Authorization-Extras or a client certificate also serve.',
        },
      },
    },
  };
}

function post(
  operationId: string,
  { summary, answer }: (typeof OPERATIONS)[keyof typeof OPERATIONS],
  parameters: readonly object[],
): object {
  return {
    operationId,
    summary,
    parameters,
    requestBody: { required: true, content: json('Payloads') },
    responses: {
      200: { description: 'As many as in the request, in the same order', content: json(answer) },
      ...Object.fromEntries(
        Object.entries(ERRORS).map(([status, description]) => [
          status,
          { description, content: json('Error') },
        ]),
      ),
    },
  };
}

function get(summary: string, type: string, others: readonly string[]): object {
  const schema = { schema: type === 'application/json' ? { type: 'object' } : { type: 'string' } };
  const answers = ['200', ...others].map((status) => [
    status,
    { description: status === '200' ? 'OK' : 'Not at present', content: { [type]: schema } },
  ]);
  return { summary, security: [], responses: Object.fromEntries(answers) as Record<string, unknown> };
}

function json(schema: string): object {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
}
