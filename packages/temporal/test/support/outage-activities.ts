import { ApplicationFailure } from '@temporalio/activity';

/** The activity of the outage workflow. */
export interface OutageActivities {
  failInAnOutage(text: string): Promise<void>;
}

/** @param onOutage called in the middle of the activity */
export function outageActivities(onOutage: () => void): OutageActivities {
  return {
    async failInAnOutage(text) {
      await Promise.resolve();
      onOutage();
      throw ApplicationFailure.nonRetryable(text, 'CardDeclined', { card: text });
    },
  };
}
