/**
 * What an `authorize` function says. `true` allows the operation, with all that decoding shows; an object allows it too, and
 * names the decode policies whose union is shown. Names that are not configured add nothing. Anything else refuses.
 */
export type Decision = boolean | { readonly policies: readonly string[] };
