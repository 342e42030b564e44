import { ApplicationFailure } from '@temporalio/workflow';

/** Greets whoever is named, but for Mallory. */
export async function greet(name: string): Promise<string> {
  if (name === 'Mallory') throw ApplicationFailure.nonRetryable(`${name} is not greeted`);
  return Promise.resolve(`Hello, ${name}`);
}
