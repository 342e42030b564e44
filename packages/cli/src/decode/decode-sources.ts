import { createRequire } from 'node:module';
import { ConfigurationError } from '@waxseal/core';
import { documentsIn } from '../inspect/documents';
import type { WorkflowSource } from '../inspect/workflow-history';
import type { TypedMessage } from '../scan/messages';
import type { DocumentDecoder } from './decode-payloads';

/** The text of a document. */
type TextOf = (json: unknown, indent: number | undefined) => string;

/** Of all that is decoded at once: what is not shown before it is recorded has to be kept. */
const MOST_CHARACTERS = 256 * 1024 * 1024;
const INDENT = 2;

/**
 * Decodes what a file holds.
 *
 * @param file `-` is standard input
 * @returns documents as text, each on a line where the file has them so
 * @throws ConfigurationError when it cannot be read, holds no payload, or is too large
 */
export async function decodeFile(
  file: string,
  decoder: DocumentDecoder,
  textOf: TextOf,
): Promise<readonly string[]> {
  const room = new Room();
  const texts: string[] = [];
  for await (const { name, content, isLine } of documentsIn([file])) {
    if ('base64' in content) {
      throw new ConfigurationError(
        `${name} holds the data of a payload alone, and the ID of its key is in the metadata: give the whole payload in JSON.`,
      );
    }
    const text = textOf(await decoder.decode(content.json), isLine ? undefined : INDENT);
    room.take(text.length);
    texts.push(text);
  }
  if (decoder.payloads === 0) {
    throw new ConfigurationError(
      'No payload was found. Give a payload in JSON ({"metadata":{"encoding":"…"},"data":"…"}), or JSON that holds payloads, such as a history.',
    );
  }
  return texts;
}

/**
 * Decodes the history of an execution.
 *
 * @returns it in proto3 JSON
 * @throws ConfigurationError when Temporal refuses, or it is too large; TemporalFault when Temporal does not
 *   answer
 */
export async function decodeWorkflow(
  { pages }: WorkflowSource,
  decoder: DocumentDecoder,
  textOf: TextOf,
): Promise<readonly string[]> {
  const toJson = protojson();
  const room = new Room();
  const events: unknown[] = [];
  for await (const { type, message } of pages) {
    const page = (await decoder.decode(toJson(type, message))) as { readonly events?: readonly unknown[] };
    for (const event of page.events ?? []) {
      room.take(textOf(event, undefined).length);
      events.push(event);
    }
  }
  return [textOf({ events }, INDENT)];
}

type ToJson = (type: TypedMessage['type'], message: TypedMessage['message']) => unknown;

/**
 * The writer of proto3 JSON of the protobufjs that `@temporalio/proto` has its types of: another copy, as
 * that of `historyToJSON` of `@temporalio/common` may be, does not know them.
 *
 * @throws ConfigurationError when it has none
 */
function protojson(): ToJson {
  const ofProto = createRequire(require.resolve('@temporalio/proto'));
  try {
    return (ofProto('protobufjs/ext/protojson') as { readonly toJson: ToJson }).toJson;
  } catch (cause) {
    throw new ConfigurationError(
      'This version of @temporalio/proto cannot write JSON: update it, or decode what temporal workflow show -o json writes.',
      { cause },
    );
  }
}

class Room {
  #left = MOST_CHARACTERS;

  take(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) {
      throw new ConfigurationError('This is too much to be decoded at once (256 MiB). Give parts of it.');
    }
  }
}
