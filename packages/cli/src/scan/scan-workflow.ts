/** The workflow by which Workers scan a namespace. A scan passes over its executions: they hold counts. */
export const SCAN_WORKFLOW = { id: 'waxseal-key-scan', type: 'waxsealKeyScan' } as const;
