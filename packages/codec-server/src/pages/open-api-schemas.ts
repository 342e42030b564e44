const BASE64 = { type: 'string', contentEncoding: 'base64' };
const COUNT = { type: 'integer', minimum: 0 };

/**
 * The bodies of the OpenAPI document: protojson of `temporal.api.common.v1.Payloads`, and the server's own.
 */
export const OPEN_API_SCHEMAS = {
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
        required: ['code', 'message'],
        additionalProperties: false,
        properties: { code: { type: 'string', pattern: '^[A-Z][A-Z_]*$' }, message: { type: 'string' } },
      },
    },
  },
} as const;
