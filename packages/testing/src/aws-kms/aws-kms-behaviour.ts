/** What the double does with a request instead of, or after, what the service would do. */
export type AwsKmsBehaviour =
  /** Answers this error of the service, with its status. */
  | { readonly error: string; readonly message?: string }
  /** Answers exactly this: what a proxy in between might. */
  | { readonly status: number; readonly body: string; readonly contentType?: string }
  /** Cuts the connection in the middle of the right answer. */
  | { readonly cut: true }
  /** Never answers. */
  | { readonly hang: true }
  /** Changes the right answer: what no service should. */
  | { readonly edit: (answer: Record<string, unknown>) => unknown };
