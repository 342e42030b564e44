import { z } from 'zod';
import { both, flag, options, text } from './fields';
import { ListenConfigFields, type ListenOptions } from './node/listen-options';
import { TlsFileFields } from './node/tls-options';
import { type CodecServerOptions, SharedFields } from './options/codec-server-options';

export { complaintOf, IN_CODE, isObject, list, options, text, type Fields } from './fields';
export { CODEC } from './options/codec-server-options';

/** Fields that only a configuration file has. */
export class ServerConfigFields {
  /** Files of PEM to serve HTTPS with. They are read again while the server runs. */
  readonly tls = options(new TlsFileFields()).optional();

  /** Format of the log: `json` for a line of JSON each. Default: `text`. */
  readonly log = z.enum(['text', 'json'], 'must be "text" or "json".').optional();

  /** Whether `/metrics` is served. Default: false. */
  readonly metrics = flag();

  /**
   * Where the record of every request goes: `stdout`, `otlp`, or the path of a file that is appended to.
   * Default: none is kept.
   */
  readonly audit = text().optional();

  /**
   * File with the secret that the lines of the audit log are signed with (HMAC-SHA-256), of 32 bytes or more.
   * Default: none, and lines carry a plain hash, which whoever can write the file can compute anew.
   */
  readonly auditKeyFile = text().optional();
}

/** What the `server` of a configuration is checked by. */
export const SERVER_CONFIG = options(
  both(new ListenConfigFields(), both(new SharedFields(), new ServerConfigFields())),
);

/** Settings of a Codec Server in a configuration file: options of `createCodecServer` and of `listen`. */
export interface ServerConfig extends z.input<typeof SERVER_CONFIG> {}

/**
 * The options of {@link createCodecServer} in the `server` of a configuration that `@waxseal/config` loads.
 * {@link createCodecServer} checks the values.
 */
export function optionsOfConfig(server: ServerConfig): Pick<CodecServerOptions, keyof SharedFields> {
  return only(new SharedFields(), server);
}

/**
 * The options of {@link listen} in the `server` of a configuration that `@waxseal/config` loads. It checks
 * the values.
 */
export function listenOptionsOfConfig(server: ServerConfig): ListenOptions {
  const { tls } = server;
  return { ...only(new ListenConfigFields(), server), ...(tls === undefined ? {} : { tls }) };
}

function only<T extends object>(fields: object, given: T): Partial<T> {
  const names = new Set(Object.keys(fields));
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => names.has(name) && value !== undefined),
  ) as Partial<T>;
}
