/** One fact that differs between an envelope and the place where it is decoded. */
export interface ContextMismatch {
  /** `namespace` or `workflow-id`. */
  readonly field: string;
  /** Value in the envelope's header. */
  readonly recorded: string;
  /** Value that Temporal gave at decoding. */
  readonly expected: string;
}
