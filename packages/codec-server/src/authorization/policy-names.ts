/** Names of the decode policies there are, and whether each shows everything. */
export type PolicyNames = ReadonlyMap<string, boolean>;
