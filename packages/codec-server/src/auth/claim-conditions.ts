/**
 * Claims that a token must have, each with the patterns of which one must match its value. `*` in a pattern stands for any
 * characters. Of a claim that is a list, one element must match. A claim `email` does not count in a token that says
 * `email_verified: false`, or anything else but `true`.
 */
export type ClaimConditions = Readonly<Record<string, string | readonly string[]>>;
