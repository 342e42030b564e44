/**
 * What payloads are bound to:
 *
 * - `none`: nothing. A payload opens wherever its key is configured.
 * - `namespace`: the Temporal namespace. A payload that is carried into another namespace is rejected there.
 * - `workflow`: the namespace and the workflow ID.
 */
export type Binding = 'none' | 'namespace' | 'workflow';
