import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import * as nexus from 'nexus-rpc';

/** A text and what is left of a run's id, from which a workflow makes its own canaries. */
export interface Orders {
  readonly text: string;
  readonly run: string;
}

export const note = defineSignal<[string]>('note');
export const finish = defineSignal('finish');
export const notes = defineQuery<string[], [string]>('notes');
export const amend = defineUpdate<string, [string]>('amend');

export const vaultService = nexus.service('vault', {
  echo: nexus.operation<string, string>(),
  refuse: nexus.operation<string, string>(),
});
