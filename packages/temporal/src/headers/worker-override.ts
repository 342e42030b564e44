import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import type { WorkflowSerializationContext } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import type { Activation, Completion } from './workflow-headers';

/** The SDKs of Temporal that all of this was tested with, on a real server. */
const TESTED = '1.18 to 1.24';

/** What the SDK decodes activations of one workflow by, and encodes its completions. */
interface CodecRunner {
  readonly workflowContext: WorkflowSerializationContext;
  decodeActivation: (activation: Activation) => Promise<Activation>;
  encodeCompletion: (completion: Completion) => Promise<Completion>;
}

/** `Worker.createWorkflow`, which is protected: called with the decoded first activation of each run. */
type CreateWorkflow = (
  this: object,
  activation: Activation,
  initialization: unknown,
  runner: CodecRunner,
) => Promise<unknown>;

/** What is done on the main thread with what one run of a workflow receives and sends. */
export interface WorkflowHook {
  /** Gets each activation, its payloads decoded, before the workflow does. It may change it. */
  open(activation: Activation, context: WorkflowSerializationContext): Promise<void>;
  /** Gets each completion, its payloads encoded, before it is sent. What it throws fails the task. */
  seal(completion: Completion, context: WorkflowSerializationContext): Promise<void>;
}

/** Makes the hook for one run; none where the Worker is not this package's concern. */
type HookOf = (worker: object) => WorkflowHook | undefined;

const OVERRIDDEN: unique symbol = Symbol.for('@waxseal/temporal/createWorkflow');

/**
 * Has a Worker, or all Workers of a class by its prototype, hand workflows opened headers and send sealed
 * ones.
 *
 * The SDK has no hook for it: its codec runner leaves headers out, interceptors of workflows run in the
 * sandbox, which can neither decrypt nor wait, and an activation reaches no plugin. `createWorkflow` is given
 * the codec runner of each run before the first activation reaches the sandbox, so it is the one method that
 * is overridden. On a prototype or a Worker that has it already, it is done once.
 *
 * @throws ConfigurationError when the SDK is not built as this needs
 */
export function overrideCreateWorkflow(target: object, hookOf: HookOf): void {
  assertOverridable(target);
  if (Object.hasOwn(target, OVERRIDDEN)) return;
  const original = (target as { createWorkflow: CreateWorkflow }).createWorkflow;
  const createWorkflow: CreateWorkflow = async function (activation, initialization, runner) {
    const hook = hookOf(this);
    if (hook !== undefined) {
      // As decoding of payloads, so that a failure is that of the workflow task, and it is retried.
      if (!isRunner(runner)) throw unsupported('its codec runner differs');
      await hook.open(activation, runner.workflowContext);
      decorate(runner, hook);
    }
    return original.call(this, activation, initialization, runner);
  };
  const hidden = { configurable: true, writable: true, enumerable: false };
  Object.defineProperties(target, {
    createWorkflow: { ...hidden, value: createWorkflow },
    [OVERRIDDEN]: { ...hidden, value: true },
  });
}

/**
 * Checks what can be checked before a Worker is made.
 *
 * @throws ConfigurationError when the SDK is not built as this needs
 */
export function assertOverridable(target: object): void {
  const problem = shapeProblem(target);
  if (problem !== undefined) throw unsupported(problem);
}

/**
 * The prototype of the SDK's Workers, for those of a replay: the SDK calls no plugin with one. `undefined`
 * where the package is not found, as in a program that a bundler has made.
 */
export function findWorkerPrototype(): object | undefined {
  // Not by an import, nor by a literal: a bundler would put the Worker into programs that are clients only.
  const name = '@temporalio/worker';
  const here =
    typeof __filename === 'string' && isAbsolute(__filename) ? __filename : join(process.cwd(), 'x');
  let worker: { readonly Worker?: { readonly prototype?: object } };
  try {
    worker = createRequire(here)(name) as typeof worker;
  } catch {
    return undefined;
  }
  return worker.Worker?.prototype;
}

function decorate(runner: CodecRunner, hook: WorkflowHook): void {
  const { decodeActivation, encodeCompletion, workflowContext } = runner;
  runner.decodeActivation = async (activation) => {
    const decoded = await decodeActivation.call(runner, activation);
    await hook.open(decoded, workflowContext);
    return decoded;
  };
  runner.encodeCompletion = async (completion) => {
    const encoded = await encodeCompletion.call(runner, completion);
    await hook.seal(encoded, workflowContext);
    return encoded;
  };
}

/** What of an SDK is not as it must be, as far as can be told before a workflow runs. */
function shapeProblem(target: object): string | undefined {
  const { createWorkflow, handleActivation } = target as Readonly<Record<string, unknown>>;
  if (typeof createWorkflow !== 'function') return 'its Worker has no createWorkflow';
  if (typeof handleActivation !== 'function') return 'its Worker has no handleActivation';
  if (Object.hasOwn(target, OVERRIDDEN)) return undefined;
  // Names of methods outlive minifying. A Worker that called neither would send headers in clear.
  const text = Function.prototype.toString.call(handleActivation);
  const calls = ['createWorkflow', 'decodeActivation', 'encodeCompletion'];
  const missing = calls.find((name) => !text.includes(`.${name}(`));
  return missing === undefined ? undefined : `its Worker does not call ${missing} for an activation`;
}

function isRunner(runner: unknown): runner is CodecRunner {
  if (typeof runner !== 'object' || runner === null) return false;
  const { workflowContext, decodeActivation, encodeCompletion } = runner as Partial<CodecRunner>;
  return (
    typeof decodeActivation === 'function' &&
    typeof encodeCompletion === 'function' &&
    typeof workflowContext?.workflowId === 'string'
  );
}

function unsupported(problem: string): ConfigurationError {
  return new ConfigurationError(
    `This version of @temporalio/worker is not built as headers and clearText need it: ${problem}. It is tested with ${TESTED}: take one of these, a newer release of @waxseal/temporal, or leave out the plugin's options headers, nexusHeaders and clearText (docs/headers.md).`,
  );
}
