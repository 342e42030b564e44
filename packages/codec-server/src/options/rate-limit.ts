/** How many requests one principal may make; without `auth`, everybody together. A token bucket. */
export interface RateLimit {
  /** Requests in a second, in the long run: above 0, at most 100,000. */
  readonly requestsPerSecond: number;

  /** Requests at once, after a while without any: a whole number from 1 to 1,000,000. */
  readonly burst: number;
}
