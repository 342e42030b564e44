import { expect, it } from '@jest/globals';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';
import { runFleet } from '../src/processes/fleet';

const PLAN = { workers: 5, maxAgeMs: 4_000, steadyMs: 9_000, killed: 1, isDeployed: false };

describeWithPostgres('a fleet of real processes', () => {
  it('that shares data keys unwraps each once for each process', async () => {
    const { counts, decoded, failed } = await runFleet({ ...PLAN, isShared: true });
    const [start, steady, kills] = counts;
    expect(failed).toBe(0);
    expect(decoded).toBeGreaterThan(500);
    expect(start?.wraps).toBeLessThanOrEqual(2);
    expect(start?.secretRequests).toBe(PLAN.workers);
    expect(steady?.wraps).toBeGreaterThanOrEqual(2);
    expect(steady?.wraps).toBeLessThanOrEqual(5);
    expect(steady?.unwraps).toBeLessThanOrEqual(PLAN.workers * (steady?.wraps ?? 0));
    expect(kills?.secretRequests).toBe(1);
  }, 180_000);

  it('that does not unwraps those of all others', async () => {
    const { counts, failed } = await runFleet({ ...PLAN, isShared: false });
    const steady = counts[1];
    expect(failed).toBe(0);
    expect(steady?.wraps).toBeGreaterThanOrEqual(2 * PLAN.workers);
    expect(steady?.unwraps).toBeGreaterThan(2 * PLAN.workers * (PLAN.workers - 2));
  }, 180_000);
});
