/** `closed` lets requests pass, `open` refuses them, `half-open` lets one pass to see. */
export type BreakerState = 'closed' | 'open' | 'half-open';
