/** What `action` throws or rejects with. Fails when it does neither. */
export async function rejectionOf(action: () => unknown): Promise<Error & Readonly<Record<string, unknown>>> {
  try {
    await action();
  } catch (error) {
    return error as Error & Readonly<Record<string, unknown>>;
  }
  throw new Error('Nothing was thrown.');
}
