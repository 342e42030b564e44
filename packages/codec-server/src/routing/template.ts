/**
 * What Temporal's documentation has in place of a namespace, for the client to fill in. The Web UI does not: it asks for
 * `/%7Bnamespace%7D/decode`.
 */
export const TEMPLATE = '{namespace}';
