import { ApplicationFailure } from '@temporalio/common';

export type MigrationActivities = typeof migrationActivities;

export const migrationActivities = {
  echoes: (text: string): Promise<string> => Promise.resolve(text),
  declines: (text: string): Promise<string> =>
    Promise.reject(
      ApplicationFailure.create({
        message: `declined ${text}`,
        type: 'Declined',
        nonRetryable: true,
        details: [{ card: text }],
        cause: new Error(`cause ${text}`),
      }),
    ),
};
