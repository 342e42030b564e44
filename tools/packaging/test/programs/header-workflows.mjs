import { defaultPayloadConverter } from '@temporalio/common';
import { executeChild, proxyActivities } from '@temporalio/workflow';

let received;
const relay = (input, next) => {
  const sent = defaultPayloadConverter.toPayload(received.replace(/\d+$/, (count) => Number(count) + 1));
  return next({ ...input, headers: { ...input.headers, tenant: sent } });
};

/** Hands on what it was started with, counted up. */
export const interceptors = () => ({
  inbound: [
    {
      execute: (input, next) => {
        received = defaultPayloadConverter.fromPayload(input.headers.tenant);
        return next(input);
      },
    },
  ],
  outbound: [{ scheduleActivity: relay, startChildWorkflowExecution: relay }],
});

const { echo } = proxyActivities({ startToCloseTimeout: '20s' });

export async function relays() {
  return [received, await echo(), ...(await executeChild('child'))];
}

export async function child() {
  return [received, await echo()];
}
