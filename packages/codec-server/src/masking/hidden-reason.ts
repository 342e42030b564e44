/** Why a whole payload is hidden. */
export type HiddenReason =
  'denied' | 'encoding' | 'external' | 'malformed' | 'ambiguous' | 'too-large' | 'removed' | 'failed';
