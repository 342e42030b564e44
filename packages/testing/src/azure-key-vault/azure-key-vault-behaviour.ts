/** What the double does with an authenticated request instead of, or after, what the service would do. */
export type AzureKeyVaultBehaviour =
  /** Answers this error of the service. `status` is the one of the code where it is known, else 400. */
  | {
      readonly error: string;
      readonly innererror?: string;
      readonly status?: number;
      readonly message?: string;
      /** Seconds, for the header `Retry-After`. */
      readonly retryAfter?: number;
    }
  /** Answers exactly this: what a proxy in between might. */
  | {
      readonly status: number;
      readonly body: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Cuts the connection in the middle of the right answer. */
  | { readonly cut: true }
  /** Never answers. */
  | { readonly hang: true }
  /** Changes the right answer: what no service should. */
  | { readonly edit: (answer: Record<string, unknown>) => unknown };
