import { GcpAnswerError } from './gcp-answer-error';
import type { GcpKmsClient } from './gcp-kms-client';

/**
 * Loads the client's credentials, before a method of the client does: where that fails, the methods leave a rejected promise
 * behind that nobody handles, which ends the process. The client keeps a failure for good; it is made to forget it, so that
 * the next attempt can succeed.
 *
 * @throws GcpAnswerError of reason `unavailable`
 */
export async function initializeClient(client: GcpKmsClient): Promise<void> {
  const initialized = client.initialize();
  const kept = client.keyManagementServiceStub;
  try {
    await initialized;
  } catch (error) {
    if (client.keyManagementServiceStub === kept) delete client.keyManagementServiceStub;
    const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
    const originalName = [code, name]
      .map(String)
      .find((text) => /^(?!undefined$|null$|Error$)\w{1,64}$/.test(text));
    throw new GcpAnswerError(
      `The client could not load its credentials${originalName === undefined ? '' : ` (${originalName})`}. Attach a service account, or set GOOGLE_APPLICATION_CREDENTIALS to a credentials file that is readable. The text is left out, since it can quote that file.`,
      'unavailable',
      originalName,
    );
  }
}
