/** Causes that are followed at most: a chain may be a ring. */
export const MAX_CAUSES = 8;
