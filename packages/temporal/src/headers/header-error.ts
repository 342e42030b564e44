import {
  NEVER_RETRY,
  quote,
  RETRY_AFTER_FIX,
  type TemporalTraits,
  WaxsealError,
} from '@waxseal/core/internal';

/**
 * Why a header is not handed on.
 *
 * | reason | meaning |
 * | --- | --- |
 * | `not-read` | it is sealed, and the plugin is set to leave headers as they are |
 * | `in-clear` | it is in clear, and the plugin is set to require sealed ones |
 * | `malformed` | the text of a Nexus header says that it is sealed, and is not what this package writes |
 */
export type HeaderErrorReason = 'not-read' | 'in-clear' | 'malformed';

const NEXT_STEP: Readonly<Record<HeaderErrorReason, string>> = {
  'not-read':
    "is sealed, and this process leaves headers as they are. Set headers: 'read' of the EnvelopePlugin (its default), and nexusHeaders where it is set; retried tasks then go on (docs/headers.md).",
  'in-clear':
    "is in clear, and headers: 'require' refuses that. Let whoever sent it seal its headers, or set headers: 'seal' until all do (docs/headers.md).",
  malformed:
    'says that it is sealed, and cannot be read. Something between the caller and the handler has changed it; call again.',
};

const TRAITS: Readonly<Record<HeaderErrorReason, TemporalTraits>> = {
  'not-read': { type: 'WaxsealHeaderNotRead', ...RETRY_AFTER_FIX },
  'in-clear': { type: 'WaxsealHeaderInClear', ...RETRY_AFTER_FIX },
  malformed: { type: 'WaxsealHeaderMalformed', ...NEVER_RETRY },
};

/** A header cannot be handed on as it is. One that does not open has the codec's own error. */
export class HeaderError extends WaxsealError {
  override readonly name = 'HeaderError';
  readonly code = 'WAXSEAL_HEADER';

  readonly reason: HeaderErrorReason;
  /** Name of the header. It comes from whoever sent it: treat it as untrusted. */
  readonly header: string;

  constructor(reason: HeaderErrorReason, header: string) {
    super(`The header ${quote(header)} ${NEXT_STEP[reason]}`, false, TRAITS[reason]);
    this.reason = reason;
    this.header = header;
  }
}
