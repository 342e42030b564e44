import type { TemporalServer } from './temporal/temporal';

/** What the current Jest run brought up; set-up and teardown are two modules of one process. */
export const testRun: {
  current: { readonly server: TemporalServer; readonly directory: string } | undefined;
} = {
  current: undefined,
};
