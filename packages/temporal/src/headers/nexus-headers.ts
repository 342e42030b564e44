import type { Payload } from '@temporalio/common';
import { type DecodeRequest, isWaxsealError } from '@waxseal/core';
import { parsePayload, serializePayload } from '@waxseal/core/internal';
import type { HeaderCodec } from './header-codec';
import { HeaderError } from './header-error';
import type { HeaderMode } from './header-options';

/**
 * What a sealed value begins with: format and version. Behind it stands the sealed `Payload`
 * (temporal.api.common.v1), serialized, in base64url without padding (RFC 4648 §5). Sealed is a payload in
 * `json/plain` that holds the text, so that any codec of ours opens it.
 */
const PREFIX = 'waxseal:1:';

/** Characters of a sealed value that are looked at; the server allows 8 KiB for all of an operation's. */
const MAX_TEXT_LENGTH = 128 * 1024;

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/**
 * Names that Temporal, Nexus and HTTP read on the way, which only end-to-end data may hide from: they stay in
 * clear. `authorization` and `cookie` are not among them; a handler that is no Worker of ours needs
 * `nexusHeaders: 'read'`.
 */
const RESERVED =
  /^(?:(?:nexus|temporal|content|accept)-.*|accept|connection|host|keep-alive|operation-(?:id|token|timeout)|request-timeout|te|trailer|transfer-encoding|upgrade|user-agent|via)$/;

/** Headers of a Nexus operation: texts, by names that are compared without regard to case. */
export type NexusHeaderMap = Record<string, string>;

/** Seals and opens the headers of Nexus operations. */
export class NexusHeaderCodec {
  readonly #codec: HeaderCodec;
  readonly #mode: HeaderMode;

  /** @param codec that of the same mode */
  constructor(codec: HeaderCodec, mode: HeaderMode) {
    this.#codec = codec;
    this.#mode = mode;
  }

  /** Whether what is sent is sealed. */
  get seals(): boolean {
    return this.#codec.seals;
  }

  /**
   * @returns a map with the same names, to be sent; reserved ones as they are
   * @throws what the codecs throw
   */
  async encode(headers: NexusHeaderMap): Promise<NexusHeaderMap> {
    if (!this.seals) return headers;
    const sealed: [string, string][] = [];
    for (const [name, text] of Object.entries(headers)) {
      sealed.push([name, isReserved(name) ? text : await this.#seal(text)]);
    }
    return Object.fromEntries(sealed);
  }

  /**
   * @returns a map with the same names, to be read
   * @throws HeaderError when a value is sealed and is not to be read, when it is malformed, and with
   *   `require` when it is in clear; what the codecs throw
   */
  async decode(headers: NexusHeaderMap): Promise<NexusHeaderMap> {
    const opened: [string, string][] = [];
    const request: DecodeRequest = {};
    for (const [name, text] of Object.entries(headers)) {
      opened.push([name, isReserved(name) ? text : await this.#open(text, name, request)]);
    }
    return Object.fromEntries(opened);
  }

  async #seal(text: string): Promise<string> {
    // Nexus gives codecs no context, on either side.
    const sealed = await this.#codec.encodeValue(payloadOf(text), undefined);
    return PREFIX + Buffer.concat(serializePayload(sealed)).toString('base64url');
  }

  async #open(text: string, name: string, request: DecodeRequest): Promise<string> {
    if (!text.startsWith(PREFIX)) {
      if (this.#mode === 'require') throw new HeaderError('in-clear', name);
      return text;
    }
    if (this.#mode === 'leave') throw new HeaderError('not-read', name);
    const sealed = sealedPayloadIn(text, name);
    return textOf(await this.#codec.decodeValue(sealed, name, undefined, request), name);
  }
}

function isReserved(name: string): boolean {
  return RESERVED.test(name.toLowerCase());
}

function payloadOf(text: string): Payload {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(text)) };
}

function sealedPayloadIn(text: string, name: string): Payload {
  const body = text.slice(PREFIX.length);
  if (body.length > MAX_TEXT_LENGTH || !BASE64URL.test(body)) throw new HeaderError('malformed', name);
  try {
    return parsePayload(new Uint8Array(Buffer.from(body, 'base64url')));
  } catch (error) {
    if (!isWaxsealError(error)) throw error;
    throw new HeaderError('malformed', name);
  }
}

function textOf(payload: Payload, name: string): string {
  const encoding = Buffer.from(payload.metadata?.['encoding'] ?? []).toString('latin1');
  try {
    const text: unknown =
      encoding === 'json/plain' ? JSON.parse(Buffer.from(payload.data ?? []).toString()) : undefined;
    if (typeof text === 'string') return text;
  } catch {
    // It is no JSON: as malformed as another type.
  }
  throw new HeaderError('malformed', name);
}
