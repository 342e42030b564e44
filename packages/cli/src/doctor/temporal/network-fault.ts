import { codeOf } from './code-of';
import { nameOf } from './name-of';
import { TemporalFault } from './temporal-fault';
import type { TemporalSettings } from './temporal-settings';

/** What Node's codes mean before a word of TLS is spoken. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ETIMEDOUT: 'there is no answer',
};

/** The fault of a connection that did not come about. */
export function networkFault(error: unknown, { address }: TemporalSettings): TemporalFault {
  const code = codeOf(error);
  const meaning =
    MEANINGS[code] ?? (code === '' ? 'there is no connection' : `there is no connection (${code})`);
  return new TemporalFault(`${address}: ${meaning}. Check ${nameOf('address')}, and that the server runs`);
}
