import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import { forSubject } from '@waxseal/subjects/workflow';

export const say = defineSignal<[string]>('say');
export const finish = defineSignal('finish');

const { greet, fail } = proxyActivities<{
  greet(name: string): Promise<string>;
  fail(subject: string, text: string): Promise<void>;
}>({ startToCloseTimeout: '30s', retry: { maximumAttempts: 1 } });

/** Has data of two subjects, and waits to be told to go on. */
export async function meeting(first: string, second: string): Promise<string> {
  const heard: string[] = [];
  let isToEnd = false;
  setHandler(say, (text) => void heard.push(text));
  setHandler(finish, () => {
    isToEnd = true;
  });
  const greetings = [
    await greet(forSubject('ada', first)),
    await greet(forSubject('bob', second)),
    'of nobody',
  ];
  await condition(() => isToEnd);
  return forSubject('bob', [...greetings, ...heard].join('; '));
}

/** Has data of one subject. */
export async function alone(subject: string, name: string): Promise<string> {
  return greet(forSubject(subject, name));
}

/** An activity fails with what is known of a subject, and the workflow goes on. */
export async function failing(subject: string): Promise<string> {
  try {
    await fail(subject, 'secret-of-failure');
    return 'did not fail';
  } catch {
    return 'failed';
  }
}
