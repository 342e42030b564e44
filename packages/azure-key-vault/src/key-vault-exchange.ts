/** One request to Azure Key Vault, and what is known of its answer. */
export interface KeyVaultExchange {
  readonly operation: 'wrapKey' | 'unwrapKey' | 'getKey';
  /** HTTP status, once there is an answer: the SDK loses it where the body of an error is empty. */
  statusCode?: number;
  /** `kid` of the answer. The SDK's own result repeats the key ID of the request instead. */
  kid?: unknown;
}

/** What the SDK tells of an answer. */
export interface KeyVaultRawAnswer {
  readonly status: number;
  readonly parsedBody?: unknown;
}

/** For the SDK's `onResponse`: writes an answer into its exchange. */
export function recordAnswer(exchange: KeyVaultExchange): (answer: KeyVaultRawAnswer) => void {
  return ({ status, parsedBody }) => {
    exchange.statusCode = status;
    exchange.kid = (parsedBody as { readonly kid?: unknown } | null | undefined)?.kid;
  };
}
