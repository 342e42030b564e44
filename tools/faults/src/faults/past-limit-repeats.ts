import type { Fault } from '../fault';

/** Why side effects are repeated where a hard limit is passed. */
export const PAST_LIMIT_REPEATS: NonNullable<Fault['repeats']> = {
  atMost: 6,
  why: 'an activity that ends past the limit cannot hand over its result, so Temporal runs it again',
};
