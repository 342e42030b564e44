/** Where a command writes. */
export interface Output {
  /** Writes one line of result. */
  readonly line: (text: string) => void;
  /** Writes one line for the operator, kept apart from the result. */
  readonly notice: (text: string) => void;
}
