import {
  ApplicationFailure,
  CancelledFailure,
  CompleteAsyncError,
  Context,
  heartbeat,
  sleep,
} from '@temporalio/activity';

/** The activities of the test workflows. */
export interface Activities {
  echo(argument: string, result: string): Promise<string>;
  heartbeatThenSucceed(text: string): Promise<string>;
  fail(text: string): Promise<void>;
  timeOutAfterHeartbeat(text: string): Promise<void>;
  completeLater(text: string): Promise<string>;
  endCancelled(run: string): Promise<void>;
}

/** @param onToken told of the task token of an activity that somebody else completes */
export function createActivities(onToken: (taskToken: Uint8Array) => void): Activities {
  return {
    async echo(argument, result) {
      await Promise.resolve();
      return `${argument} ${result}`;
    },

    async heartbeatThenSucceed(text) {
      const { info } = Context.current();
      if (info.attempt > 1) return `${String(info.heartbeatDetails)}-read`;
      heartbeat(text);
      // The next heartbeat is throttled; the failure flushes it.
      await sleep(50);
      heartbeat(`${text}-second`);
      throw new Error(`${text}-retry`);
    },

    async fail(text) {
      await Promise.resolve();
      const cause = new Error(`${text}-cause`);
      throw ApplicationFailure.create({
        message: text,
        type: 'Declined',
        nonRetryable: true,
        details: [`${text}-details`, { text }],
        cause,
      });
    },

    async timeOutAfterHeartbeat(text) {
      heartbeat(text);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
    },

    async completeLater() {
      await Promise.resolve();
      onToken(Context.current().info.taskToken);
      throw new CompleteAsyncError();
    },

    async endCancelled(run) {
      const beats = setInterval(() => {
        heartbeat(`canary-cancelled-heartbeat-${run}`);
      }, 100);
      try {
        await Context.current().cancelled;
      } catch {
        throw new CancelledFailure(`canary-cancel-message-${run}`, [`canary-cancel-details-${run}`]);
      } finally {
        clearInterval(beats);
      }
    },
  };
}
