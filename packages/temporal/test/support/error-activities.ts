/** Activities whose payloads meet an outage. */
export interface ErrorActivities {
  /** Its input meets it. */
  takesInput(text: string): Promise<string>;
  /** Its result meets it. */
  givesResult(text: string): Promise<string>;
}

/**
 * @param ran told of each execution
 * @param takeDown called before the result is given
 */
export function errorActivities(ran: (name: string) => void, takeDown: () => void): ErrorActivities {
  return {
    takesInput(text) {
      ran('takesInput');
      return Promise.resolve(text);
    },
    givesResult(text) {
      ran('givesResult');
      takeDown();
      return Promise.resolve(text);
    },
  };
}
