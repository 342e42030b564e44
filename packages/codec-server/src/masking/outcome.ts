/** What becomes of a selected value. */
export type Outcome =
  | { readonly kind: 'remove' | 'nothing' | 'type' | 'all' }
  | { readonly kind: 'first' | 'last'; readonly count: number };
