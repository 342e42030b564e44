/** The part of an HTTP answer that is read. */
export interface VaultFetchAnswer {
  readonly status: number;
  readonly headers?: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** The part of `fetch` that is used. It must honour `redirect: 'manual'`: a request carries a token. */
export type VaultFetch = (
  url: string,
  init: {
    readonly method: 'GET' | 'POST';
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<VaultFetchAnswer>;
