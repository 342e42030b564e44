/** What an application's Worker does: activities one after the other, with a kibibyte in and out. */
import { proxyActivities } from '@temporalio/workflow';

const { answer } = proxyActivities({ startToCloseTimeout: '1 minute' });

export async function order(text, activities) {
  let last = text;
  for (let count = 0; count < activities; count++) last = await answer(last);
  return last;
}
