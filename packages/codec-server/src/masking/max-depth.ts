/** How deep a JSON text that is masked may be nested. */
export const MAX_DEPTH = 64;
