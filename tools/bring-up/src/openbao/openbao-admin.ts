import type { OpenBaoServer } from './openbao-server';

/** See `OpenBaoServer.admin`. */
export function openBaoAdmin(address: string, rootToken: string): OpenBaoServer['admin'] {
  return async (method, path, body) => {
    const answer = await fetch(`${address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': rootToken, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`OpenBao: ${method} ${path}: HTTP ${String(answer.status)} ${text.trim()}`);
    }
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
}
