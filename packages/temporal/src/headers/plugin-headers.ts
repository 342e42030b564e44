import type { ClientOptions } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { Worker, WorkerOptions } from '@temporalio/worker';
import { ConfigurationError } from '@waxseal/core';
import { quote, warn } from '@waxseal/core/internal';
import { setOwnClient } from '../own-interceptors';
import { withSealingInterceptors } from './client-headers';
import { HeaderCodec } from './header-codec';
import type { HeaderSettings } from './header-options';
import { NexusHeaderCodec } from './nexus-headers';
import {
  assertOverridable,
  findWorkerPrototype,
  overrideCreateWorkflow,
  type WorkflowHook,
} from './worker-override';
import { withOpeningInterceptors } from './worker-headers';
import { WorkflowHeaders } from './workflow-headers';

/** By what a plugin is asked for the headers of a replay, also by a second copy of this package. */
export const REPLAY_HEADERS: unique symbol = Symbol.for('@waxseal/temporal/replayHeaders');

/** What the plugins of a Worker have agreed on. */
const AGREED: unique symbol = Symbol.for('@waxseal/temporal/headers');

/** The SDK's own default. */
const DEFAULT_NAMESPACE = 'default';

/** A plugin, as clients and Workers know it. */
interface Registered {
  readonly name: string;
}

/** One of this package. */
interface OwnPlugin extends Registered {
  [REPLAY_HEADERS](codecs: readonly PayloadCodec[]): WorkflowHeaders;
}

/** What else is done with each run: it gets the hook for headers, and gives one in its place. */
export type MoreOfRun = (hook: WorkflowHook) => WorkflowHook;

/** What of a Worker the overrides look at. */
interface WorkerState {
  readonly options: {
    readonly loadedDataConverter: { readonly payloadCodecs: readonly PayloadCodec[] };
  };
  readonly plugins?: readonly Registered[];
  readonly isReplayWorker?: boolean;
}

/** Puts what a plugin does with headers into the options of clients and Workers, and into Workers. */
export class PluginHeaders {
  readonly #settings: HeaderSettings;
  readonly #encrypts: boolean;
  readonly #more: MoreOfRun | undefined;

  constructor(settings: HeaderSettings, encrypts: boolean, more?: MoreOfRun) {
    this.#settings = settings;
    this.#encrypts = encrypts;
    this.#more = more;
  }

  /** Whether it will not do to run without the override. */
  get #isNeeded(): boolean {
    return this.#settings.isExplicit || this.#more !== undefined;
  }

  /** @throws ConfigurationError when a plugin after this one could put in headers that nobody would seal */
  configureClient<T extends Omit<ClientOptions, 'plugins'>>(
    options: T,
    codecs: readonly PayloadCodec[],
    plugin: object,
  ): T {
    if (!this.#settings.seals) return options;
    assertLast(options, plugin, 'configureClient');
    const [codec, nexus] = this.#codecs(codecs, this.#encrypts);
    const namespace = options.namespace ?? DEFAULT_NAMESPACE;
    return {
      ...options,
      interceptors: withSealingInterceptors(options.interceptors, codec, nexus, namespace),
    };
  }

  /**
   * @throws ConfigurationError likewise, when the Worker would not run with the plugin, and when the SDK is
   *   not built as this needs
   */
  configureWorker(options: WorkerOptions, codecs: readonly PayloadCodec[], plugin: object): WorkerOptions {
    if (this.#isNeeded) {
      assertRegistered(options, plugin);
      const prototype = findWorkerPrototype();
      if (prototype !== undefined) assertOverridable(prototype);
    }
    if (this.#settings.seals) assertLast(options, plugin, 'configureWorker');
    const [codec, nexus] = this.#codecs(codecs, this.#encrypts);
    const namespace = options.namespace ?? DEFAULT_NAMESPACE;
    const interceptors = withOpeningInterceptors(options.interceptors, codec, nexus, namespace);
    if (!this.#settings.seals) return { ...options, interceptors };
    const client = withSealingInterceptors(interceptors.client, codec, nexus, namespace);
    return { ...options, interceptors: { ...interceptors, client } };
  }

  /**
   * Prepares a Worker that is about to run.
   *
   * @throws ConfigurationError when the SDK is not built as this needs, and the application has asked for it
   */
  prepare(worker: Worker): void {
    this.#assertAgreed(worker);
    const { namespace, loadedDataConverter } = worker.options;
    const [codec, nexus] = this.#codecs(loadedDataConverter.payloadCodecs, this.#encrypts);
    const more = this.#more;
    this.#override(worker, () => {
      const hook = new WorkflowHeaders(codec, nexus);
      return more === undefined ? hook : more(hook);
    });
    if (!this.#settings.seals) return;
    setOwnClient(worker, (client) => withSealingInterceptors(client, codec, nexus, namespace));
  }

  /**
   * Prepares the Workers of replays. They run without plugins, so that it is done for their class; others of
   * the class are left as they are.
   *
   * @throws ConfigurationError likewise
   */
  prepareReplay(): void {
    const prototype = findWorkerPrototype();
    if (prototype !== undefined) {
      this.#override(prototype, headersOfReplay);
    } else if (this.#settings.isExplicit) {
      throw new ConfigurationError(
        'Headers in replay: @temporalio/worker is not found from where @waxseal/temporal lies. Install it beside it; where a bundler makes one file, mark both as external (docs/bundling.md).',
      );
    }
  }

  /** Headers of a replay, which sends nothing. */
  ofReplay(codecs: readonly PayloadCodec[]): WorkflowHeaders {
    return new WorkflowHeaders(...this.#codecs(codecs, false));
  }

  /** Of two plugins of one Worker, only the first can override it. */
  #assertAgreed(worker: Worker & { readonly [AGREED]?: string }): void {
    const { headers, nexusHeaders } = this.#settings;
    const own = `${headers}, nexusHeaders: ${nexusHeaders}${this.#more === undefined ? '' : ', clearText: {…}'}`;
    if (!Object.hasOwn(worker, AGREED)) Object.defineProperty(worker, AGREED, { value: own });
    const agreed = worker[AGREED] ?? own;
    if (agreed === own) return;
    throw new ConfigurationError(
      `Two EnvelopePlugins of one Worker differ: one has headers: ${agreed}, the other headers: ${own}. Give one instance to all: connection, client and Worker.`,
    );
  }

  #override(target: object, hookOf: (worker: object) => WorkflowHook | undefined): void {
    try {
      overrideCreateWorkflow(target, hookOf);
    } catch (error) {
      if (this.#isNeeded || !(error instanceof ConfigurationError)) throw error;
      warn('WAXSEAL_HEADERS_NOT_READ', `Sealed headers cannot be read. ${error.message}`);
    }
  }

  #codecs(codecs: readonly PayloadCodec[], encrypts: boolean): [HeaderCodec, NexusHeaderCodec] {
    const { headers, nexusHeaders } = this.#settings;
    return [
      new HeaderCodec(codecs, headers, encrypts),
      new NexusHeaderCodec(new HeaderCodec(codecs, nexusHeaders, encrypts), nexusHeaders),
    ];
  }
}

function headersOfReplay(worker: object): WorkflowHeaders | undefined {
  const { isReplayWorker, plugins, options } = worker as WorkerState;
  if (isReplayWorker !== true) return undefined;
  return plugins?.findLast(isOurs)?.[REPLAY_HEADERS](options.loadedDataConverter.payloadCodecs);
}

function isOurs(plugin: Registered): plugin is OwnPlugin {
  return REPLAY_HEADERS in plugin;
}

function registeredIn(options: object): readonly Registered[] | undefined {
  // The type says that there are none; the SDK (1.18 to 1.24) hands them over.
  return (options as { readonly plugins?: readonly Registered[] }).plugins;
}

function assertRegistered(options: object, plugin: object): void {
  if (registeredIn(options)?.includes(plugin as Registered) === true) return;
  throw new ConfigurationError(
    'EnvelopePlugin: headers are opened and sealed, and texts in clear are checked, in a Worker that runs with the plugin. Give it to Worker.create({ plugins }), and let no plugin before it take plugins out of the options.',
  );
}

/**
 * What a later plugin adds comes after the interceptors that seal, and would be sent in clear; `SimplePlugin`
 * of 1.24 even drops those of activities and Nexus operations.
 */
function assertLast(options: object, plugin: object, hook: 'configureClient' | 'configureWorker'): void {
  const plugins = registeredIn(options) ?? [];
  const after = plugins.slice(plugins.lastIndexOf(plugin as Registered) + 1);
  const other = plugins.includes(plugin as Registered)
    ? after.find((each) => hook in each && !isOurs(each))
    : undefined;
  if (other === undefined) return;
  throw new ConfigurationError(
    `EnvelopePlugin: with headers: 'seal' it must be the last plugin, so that it seals what all others put in; ${quote(other.name)} comes after it. Plugins of the connection come after those of client and Worker: put this one there too, as the last.`,
  );
}
