import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, isAbsolute, join } from 'node:path';
import {
  type DataConverter,
  defaultFailureConverter,
  type LoadedDataConverter,
  type PayloadCodec,
} from '@temporalio/common';
import { isLoadedDataConverter, loadDataConverter } from '@temporalio/common/lib/internal-non-workflow';
import type { WorkerOptions } from '@temporalio/worker';
import { ConfigurationError, type EnvelopeCodec, type SealingCodec } from '@waxseal/core';
import { isSealingCodec, SEALS_BY } from '@waxseal/core/internal';
import { assertChain, CodecChain, encryptsAny, findSealingCodecs } from './codec-chain';
import { ENVELOPE_CONVERTER, EnvelopeFailureConverter } from './envelope-failure-converter';

/** A data converter that encrypts. */
export interface EncryptingDataConverter extends DataConverter {
  readonly payloadCodecs: PayloadCodec[];
  readonly failureConverterPath: string;
}

/** Codecs that a plugin adds: the last one seals, and those before it are the application's. */
export type SealingChain = readonly [...PayloadCodec[], EnvelopeCodec | SealingCodec];

/** The envelope codec by which a chain seals. */
export function envelopeCodecIn(chain: SealingChain): EnvelopeCodec {
  const last = chain.at(-1) as EnvelopeCodec | SealingCodec;
  return isSealingCodec(last) ? last[SEALS_BY] : last;
}

/**
 * A data converter like `dataConverter` that encrypts last, after the codecs that are there, and encodes
 * failures. A payload converter and a failure converter that are set are kept.
 *
 * One that holds the codec already, or one with the same keyring and settings, encrypts once.
 *
 * @param converterPath where the failure converter lies, if it is not where this package has it
 * @throws ConfigurationError when it holds an envelope codec that differs: one of the two would have no
 *   effect; when the codecs cannot work as one, as `assertCodecChain` of core says; and where the failure
 *   converter is no file, as in a program that a bundler made
 */
export function withEnvelope(
  dataConverter: DataConverter | undefined,
  codec: EnvelopeCodec | SealingCodec | SealingChain,
  converterPath?: string,
): EncryptingDataConverter {
  const chain: SealingChain = isChain(codec) ? codec : [codec];
  const encrypts = encryptsAny([...(dataConverter?.payloadCodecs ?? []), ...chain]);
  const path = converterPathFor(encrypts, dataConverter?.failureConverterPath ?? converterPath);
  assertConverterPath(path);
  return {
    ...dataConverter,
    payloadCodecs: codecsWith(dataConverter, chain),
    failureConverterPath: path,
  };
}

/**
 * The same for a client, also in a program that a bundler made: there, the converters are loaded, and the SDK
 * need not find them on disk. It takes a loaded data converter where it takes one.
 *
 * @throws ConfigurationError when it holds an envelope codec that differs
 */
export function clientConverterWith(
  dataConverter: DataConverter | undefined,
  chain: SealingChain,
): EncryptingDataConverter | LoadedDataConverter {
  const encrypts = encryptsAny([...(dataConverter?.payloadCodecs ?? []), ...chain]);
  if (dataConverter?.failureConverterPath !== undefined || findFailureConverter(encrypts) !== undefined) {
    return withEnvelope(dataConverter, chain);
  }
  // A plugin that is registered twice is given what it gave.
  const loaded = isLoadedDataConverter(dataConverter) ? dataConverter : loadDataConverter(dataConverter);
  const own = new EnvelopeFailureConverter({ encodeCommonAttributes: encrypts });
  return {
    ...loaded,
    payloadCodecs: codecsWith(dataConverter, chain),
    failureConverter: loaded.failureConverter === defaultFailureConverter ? own : loaded.failureConverter,
  };
}

function isChain(codec: EnvelopeCodec | SealingCodec | SealingChain): codec is SealingChain {
  return Array.isArray(codec);
}

function codecsWith(dataConverter: DataConverter | undefined, chain: SealingChain): PayloadCodec[] {
  const codecs = dataConverter?.payloadCodecs ?? [];
  const own = chain.at(-1) as EnvelopeCodec | SealingCodec;
  const codec = envelopeCodecIn(chain);
  const present = findSealingCodecs(codecs);
  const isOf = (other: EnvelopeCodec | SealingCodec): boolean =>
    chain.includes(other) || isServedBy(own, other);
  if (!present.every(isOf)) {
    throw new ConfigurationError(
      'The data converter holds an envelope codec already, with another keyring or other settings than this one; only one of them would have an effect. Use one codec, or one plugin, for all: new EnvelopePlugin({ codec }).',
    );
  }
  for (const each of [codec, ...present.map((other) => envelopeCodecIn([other]))]) each.setUp();
  const all = present.length > 0 ? codecs : [...codecs, ...chain];
  assertChain(all);
  return asOne(all, codec);
}

/** Whether what is there already does what this one would. */
function isServedBy(own: EnvelopeCodec | SealingCodec, other: EnvelopeCodec | SealingCodec): boolean {
  if (own === other) return true;
  if (isSealingCodec(own)) return false;
  return envelopeCodecIn([other]).isEquivalentTo(own);
}

function asOne(codecs: readonly PayloadCodec[], { telemetry }: EnvelopeCodec): PayloadCodec[] {
  return codecs.length === 1 ? [...codecs] : [new CodecChain(codecs, telemetry)];
}

/**
 * The text of `decode-only-failure-converter.ts`, which only a bundle with that module holds. It is not
 * imported: to load it is to say that failures are seen to.
 */
const DECODE_ONLY_CONVERTER = 'waxseal:decode-only-failure-converter';

/** The modules that the SDK loads by their path, on the main thread and into the bundle of workflows. */
const MODULES = { envelope: 'failure-converter', decodeOnly: 'decode-only-failure-converter' } as const;

/**
 * Absolute path of the failure converter, to be named as `failureConverterPath` where the plugin is not used.
 *
 * @param encrypt `false` for the one of a codec with `encrypt: false`
 * @throws ConfigurationError in a program that a bundler made, unless the bundler has put the module beside
 *   it
 */
export function failureConverterPath({ encrypt = true }: { readonly encrypt?: boolean } = {}): string {
  const path = findFailureConverter(encrypt);
  if (path !== undefined) return path;
  const file = encrypt ? MODULES.envelope : MODULES.decodeOnly;
  throw new ConfigurationError(
    `The failure converter is no file of its own here, as in a program that a bundler has made, and a Worker needs the file. Mark @waxseal/* as external for the bundler; or have it make a second file of @waxseal/temporal/${file}, and name that: new EnvelopePlugin({ …, failureConverterPath }). Bundle the workflows ahead, with the same plugin (docs/bundling.md).`,
  );
}

/** The same; `undefined` where there is no such file. */
export function findFailureConverter(encrypt: boolean): string | undefined {
  // A bundler leaves these two undefined in an ES module, and makes of them what it will elsewhere.
  if (typeof __dirname !== 'string' || typeof __filename !== 'string' || !isAbsolute(__dirname)) {
    return undefined;
  }
  const file = encrypt ? MODULES.envelope : MODULES.decodeOnly;
  const path = join(__dirname, `${file}${extname(__filename)}`);
  // Beside a bundle there may be a file of that name which has nothing to do with it.
  return existsSync(path) && readFileSync(path, 'utf8').includes('waxseal') ? path : undefined;
}

/**
 * Checks a path that a user has given.
 *
 * @throws ConfigurationError when it is none, such as what a bundler makes of `require.resolve`
 */
export function assertConverterPath(path: unknown, mustBeAbsolute = false): asserts path is string {
  const isPath =
    typeof path === 'string' && path !== '' && (mustBeAbsolute ? isAbsolute(path) : !path.startsWith('.'));
  if (isPath) return;
  throw new ConfigurationError(
    'failureConverterPath must be the absolute path of a file. In a program that a bundler has made, require.resolve() gives the name of a module within the bundle: write path.join(__dirname, …), and see to it that the file is there (docs/bundling.md).',
  );
}

/**
 * The path of the failure converter that goes with codecs: the one that is given, else this package's.
 *
 * @param encrypts whether one of the codecs does, be it in another format than Waxseal's
 * @throws ConfigurationError when a codec that encrypts is given the failure converter of one that does not:
 *   the messages of errors would be stored in clear; and where there is none, as {@link failureConverterPath}
 */
export function converterPathFor(encrypts: boolean, given: string | undefined): string {
  const path = given ?? failureConverterPath({ encrypt: encrypts });
  if (!encrypts || !new RegExp(`[\\\\/]${MODULES.decodeOnly}(\\.[cm]?[jt]s)?$`).test(path)) return path;
  throw new ConfigurationError(
    `failureConverterPath names ${MODULES.decodeOnly}, which is for encrypt: false, so the messages of errors would be stored in clear. Name @waxseal/temporal/${MODULES.envelope}, or leave it to the plugin.`,
  );
}

/**
 * Makes sure that workflows which were bundled ahead have the failure converter in them: the bundle decides
 * what becomes of the errors of workflow code, not the worker's options, and without it their messages are
 * stored in clear.
 *
 * A bundle for a codec with `encrypt: false` may have any: it reads what all of them write.
 *
 * @throws ConfigurationError when the bundle lacks it
 */
export async function checkWorkflowBundle(bundle: WorkerOptions['workflowBundle']): Promise<void> {
  if (bundle === undefined) return;
  const code = 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
  if (code.includes(DECODE_ONLY_CONVERTER)) {
    throw new ConfigurationError(
      'The workflow bundle was built by a plugin with encrypt: false, so the messages of workflow errors would be stored in clear. Build it with the plugin of the worker: bundleWorkflowCode({ plugins }).',
    );
  }
  if (!code.includes(ENVELOPE_CONVERTER)) {
    throw new ConfigurationError(
      'The workflow bundle was built without the failure converter, so the messages of workflow errors would be stored in clear. Give the plugin to bundleWorkflowCode({ plugins }) too.',
    );
  }
}
