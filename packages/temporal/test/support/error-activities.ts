import { Context, heartbeat } from '@temporalio/activity';

/** Activities whose payloads meet an outage. */
export interface ErrorActivities {
  /** Its input meets it. */
  takesInput(text: string): Promise<string>;
  /** Its result meets it. */
  givesResult(text: string): Promise<string>;
  /** Its heartbeat meets it, in the first attempt. */
  heartbeats(text: string): Promise<string>;
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
    async heartbeats(text) {
      ran('heartbeats');
      const { info, cancelled } = Context.current();
      if (info.attempt > 1) return text;
      takeDown();
      heartbeat('canary-heartbeat');
      return cancelled;
    },
    givesResult(text) {
      ran('givesResult');
      takeDown();
      return Promise.resolve(text);
    },
  };
}
