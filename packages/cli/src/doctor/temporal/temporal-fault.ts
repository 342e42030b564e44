/** Why Temporal cannot be reached as it is configured, and what to set. The message holds no secret. */
export class TemporalFault extends Error {
  override readonly name = 'TemporalFault';
}
