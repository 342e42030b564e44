/** What `work` throws or rejects with. */
export async function rejectionOf(work: () => unknown): Promise<Error & Record<string, unknown>> {
  try {
    await work();
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('It should have failed.');
}
