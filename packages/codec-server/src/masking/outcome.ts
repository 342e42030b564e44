/** What becomes of a selected value. */
export type Outcome =
  | { readonly kind: 'remove' | 'nothing' | 'type' }
  | { readonly kind: 'first' | 'last'; readonly count: number };
