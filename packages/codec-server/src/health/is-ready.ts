import type { Readiness } from './readiness';

const LIMIT_MS = 1_000;

/** Asks whether requests can be answered. What fails, or takes longer than a second, counts as no. */
export async function isReady(readiness: Readiness | undefined): Promise<boolean> {
  if (readiness === undefined) return true;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        resolve(false);
      }, LIMIT_MS);
    });
    const answer: unknown = await Promise.race([readiness(), late]);
    return answer === true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
