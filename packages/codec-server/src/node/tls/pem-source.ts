/** Where PEM comes from. */
export interface PemSource {
  /** The option, for messages: `tls.certFile`. */
  readonly field: string;
  /** Text of the PEM, or path of the file that holds it. */
  readonly value: string;
  readonly isFile: boolean;
}
