/** Name, status and message of what `work` rejects with. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<{ name: string; status: number | undefined; message: string; code: unknown }> {
  try {
    await work;
  } catch (error) {
    const { name, message, code, $metadata } = error as Error & {
      code?: unknown;
      $metadata?: { httpStatusCode?: number };
    };
    return { name, message, code, status: $metadata?.httpStatusCode };
  }
  throw new Error('It should have failed.');
}
