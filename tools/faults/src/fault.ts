import type { KeyServiceName } from './key-services/faulty-key-service';
import type { Scene } from './scene/scene';

/**
 * What an operator sees of a fault, by kind of payload: one or two sentences each, for docs/operations.md.
 */
export interface Sights {
  /** Workflow tasks: inputs and results of workflows, signals, updates. */
  readonly workflows: string;
  /** Inputs and results of activities, and heartbeats. */
  readonly activities: string;
  /** Messages, stacks and details of failures. */
  readonly failures: string;
  /** Processes that start and query workflows and wait for results. */
  readonly clients: string;
  /** What there is to do, and what comes back by itself. */
  readonly recovery: string;
}

/** One way in which a key service fails, how it is made, and what must become of Workers and workflows. */
export interface Fault {
  /** Lower case, with hyphens. */
  readonly id: string;
  readonly title: string;
  /** The key services that it is made with, one after the other. */
  readonly services: readonly KeyServiceName[];
  /** How it begins, how it ends and what is expected: a sentence each. */
  readonly begins: string;
  readonly ends: string;
  readonly expected: string;
  readonly sees: Sights;
  /** Where side effects may run more than once, how often at most, and why. */
  readonly repeats?: { readonly atMost: number; readonly why: string };
  /** Whether it is part of the short form, and with which key service. */
  readonly short?: KeyServiceName;
  /**
   * What the product does not do yet, as a sentence, and the problems that come of it. No others are excused.
   */
  readonly knownGap?: { readonly what: string; readonly shows: RegExp };
  /** Makes the fault and ends it. Problems go into the scene; a rejection is one too. */
  readonly run: (scene: Scene) => Promise<void>;
  /** Looks at more than every fault is judged by, once all workflows have closed. */
  readonly check?: (scene: Scene) => Promise<void>;
}
