import { CompleteAsyncError, heartbeat } from '@temporalio/activity';

/** Activities of the workflows here. */
export interface RotationActivities {
  /** Tells what it holds, and is completed by nobody. */
  holdCard(card: string): Promise<void>;
  /** Gives back what it gets. */
  echo(value: string): Promise<string>;
}

export const rotationActivities: RotationActivities = {
  holdCard: (card) => {
    heartbeat({ card });
    return Promise.reject(new CompleteAsyncError());
  },
  echo: (value) => Promise.resolve(value),
};
