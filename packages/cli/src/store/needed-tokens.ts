import { TOKEN_ENCODING, TokenFilter, tokenNeededBy } from '@waxseal/claim-check';
import { ENCRYPTED, identify } from '../scan/payload-format';
import type { PayloadKind, PayloadMessage } from '../scan/walk';

/** What a scan found to be needed of a store, and what did not tell. */
export class NeededTokens {
  readonly filter: TokenFilter;
  /** Payloads that may stand for a token, or lead to one, and do not tell. */
  untold: number;

  constructor(filter = new TokenFilter(), untold = 0) {
    this.filter = filter;
    this.untold = untold;
  }

  /** Notes the token that a payload is or refers to. The same one may be shown again. */
  readonly note = (payload: PayloadMessage, kind: PayloadKind): void => {
    const { metadata, data } = payload;
    const token = tokenNeededBy({ metadata: { ...metadata }, data: data ?? new Uint8Array() });
    if (token !== undefined) this.filter.add(token);
    else if (kind !== 'header' && isUntold(payload)) this.untold += 1;
  };
}

const TOKEN = Buffer.from(TOKEN_ENCODING, 'ascii');

function isUntold(payload: PayloadMessage): boolean {
  const { format } = identify(payload);
  if (format === 'unseen') return true;
  if (ENCRYPTED.has(format)) return (payload.externalPayloads?.length ?? 0) > 0;
  // A token of another length leads nowhere.
  return format === 'elsewhere' && !TOKEN.equals(payload.metadata?.['encoding'] ?? new Uint8Array());
}
