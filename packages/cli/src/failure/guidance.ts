import type { WaxsealErrorCode } from '@waxseal/core';

/** Codes of what only the command says. */
export type CommandErrorCode =
  'WAXSEAL_USAGE' | 'WAXSEAL_TEMPORAL' | 'WAXSEAL_UNHEALTHY' | 'WAXSEAL_UNEXPECTED';

/** Why an error of a code comes, and what a person does next. Clauses, without a full stop. */
export interface Guidance {
  readonly cause: string;
  readonly next: string;
}

/** What holds for a code, and for a `reason` of its errors in the place of that. */
interface CodeGuidance extends Guidance {
  readonly reasons?: Readonly<Record<string, Guidance>>;
}

const LATER = 'run it again later';

/** The short form of the entries in docs/errors.md. */
const GUIDANCE: Readonly<Record<WaxsealErrorCode | CommandErrorCode, CodeGuidance>> = {
  WAXSEAL_USAGE: {
    cause: 'the command line is not one that the command takes',
    next: 'correct it as the message says; --help has examples',
  },
  WAXSEAL_TEMPORAL: {
    cause: 'Temporal cannot be reached as it is configured, or does not give what was asked for',
    next: 'check TEMPORAL_* variables and temporal.toml: "waxseal doctor --temporal" tries each step of the way',
  },
  WAXSEAL_UNHEALTHY: {
    cause: 'the Codec Server is not there, is not ready, or is not trusted',
    next: 'see its log; /healthz says whether the process lives, and /readyz whether its keys can be used',
  },
  WAXSEAL_UNEXPECTED: {
    cause: 'something that the command does not expect, which may be a fault of Waxseal',
    next: 'run it again; if it stays, report it with this message and the version',
  },
  WAXSEAL_CONFIGURATION: {
    cause: 'an option, a variable, a key file or a configuration file is missing or cannot be used',
    next: 'correct what the message names, and run it again; "waxseal doctor" reads the same configuration',
  },
  WAXSEAL_MALFORMED_ENVELOPE: {
    cause: 'a payload was cut or changed on the way, or a later release wrote it',
    next: 'update Waxseal if others are newer; "waxseal inspect" says what the bytes are; else restore the payload',
  },
  WAXSEAL_UNKNOWN_KEY: {
    cause: 'the payload was written with another configuration, or its key was taken out too early',
    next: 'add the key with --decrypt-key <uri>, or to decryptOnly of the configuration',
  },
  WAXSEAL_DECRYPTION_FAILED: {
    cause: 'the payload was changed after it was encrypted, or two different keys have the same ID',
    next: 'compare the key behind the ID in both places; else restore the original payload',
  },
  WAXSEAL_CONTEXT_MISMATCH: {
    cause: 'the payload was encrypted for another namespace or workflow',
    next: 'check the namespace; list the old name of a renamed one in namespaceAliases',
  },
  WAXSEAL_UNENCRYPTED_PAYLOAD: {
    cause: 'requireEncryption is set, and a payload is in clear',
    next: 'find it with "waxseal count --temporal", or leave requireEncryption off where that is expected',
  },
  WAXSEAL_KEY_SERVICE: {
    cause: 'a key service did not wrap or unwrap a data key',
    next: 'run "waxseal doctor", which asks the service for each right',
    reasons: {
      denied: {
        cause: 'the caller lacks a right at the key service',
        next: 'grant the right that the message names; "waxseal doctor" asks for each',
      },
      'not-found': {
        cause: 'the key service has no such key',
        next: 'check key ID, region and address; an alias needs a region',
      },
      disabled: {
        cause: 'the key is disabled, or is to be deleted',
        next: 'enable the key, or cancel its deletion',
      },
      'rejected-ciphertext': {
        cause: 'the wrapped key was changed, or belongs to another key',
        next: 'restore the payload',
      },
      throttled: { cause: 'the key service refuses so many requests', next: `raise the quota, or ${LATER}` },
      unavailable: {
        cause: 'the key service cannot be reached',
        next: 'check name, proxy, certificate and credentials on the way to it',
      },
      timeout: {
        cause: 'the key service does not answer in time',
        next: `check the latency to it, or ${LATER}`,
      },
      unknown: {
        cause: 'the key service says something that Waxseal does not know',
        next: 'run "waxseal doctor"',
      },
    },
  },
  WAXSEAL_PAYLOAD_TOO_LARGE: {
    cause: 'payloads are above the limit of Temporal once they are encrypted',
    next: 'pass a reference in the place of the data, compress it, or raise payloadLimitBytes',
  },
  WAXSEAL_CODEC_CLOSED: {
    cause: 'a codec was used after it was closed',
    next: 'run it again; if it stays, report it with this message and the version',
  },
  WAXSEAL_STORE: {
    cause: 'the store did not do what it was asked',
    next: 'run "waxseal store check"',
    reasons: {
      denied: { cause: 'the store refuses the user', next: 'check user and password, and grant its rights' },
      schema: { cause: 'the store lacks tables of this release', next: 'run "waxseal store migrate"' },
      full: {
        cause: 'the database has no room',
        next: 'give the database room, or run "waxseal store gc"',
      },
      throttled: {
        cause: 'the database has no connection to spare',
        next: `raise its limit of connections, or ${LATER}`,
      },
      unavailable: {
        cause: 'no database can be reached that takes writes',
        next: 'check hosts, port and failover',
      },
      'not-durable': { cause: 'the database cannot keep what it is told', next: 'check the standbys' },
      timeout: { cause: 'the database does not answer in time', next: `check its latency, or ${LATER}` },
      unknown: {
        cause: 'the database says something that Waxseal does not know',
        next: 'see the log of the database',
      },
    },
  },
  WAXSEAL_TOKEN: {
    cause: 'a token does not lead to its payload',
    next: 'check that this is the store in which the payload was kept',
    reasons: {
      'not-found': {
        cause: 'the store has no record of the token',
        next: 'check that this is the store in which the payload was kept; restore the row from a backup',
      },
      damaged: {
        cause: 'the record of the token is not the one that was kept',
        next: 'restore the row, and find out who changed it',
      },
      'too-large': {
        cause: 'what the tokens stand for is above maxDecodeBytes',
        next: 'raise maxDecodeBytes, or keep fewer payloads in one field',
      },
      malformed: { cause: 'the token was cut or changed', next: 'restore the payload from history' },
    },
  },
  WAXSEAL_SUBJECT_SHREDDED: {
    cause: 'the person or tenant that the payload is about was forgotten',
    next: 'let go of the data: nothing brings it back',
  },
  WAXSEAL_COMPRESSION: {
    cause: 'what a compressed payload holds cannot be had',
    next: 'raise maxDecompressedBytes if the payload is yours; else restore it from history',
    reasons: {
      'too-large': {
        cause: 'a compressed payload holds more than is allowed',
        next: 'if the payload is yours, raise maxDecompressedBytes or maxDecodeBytes',
      },
      damaged: { cause: 'the payload was cut or changed', next: 'restore it from history' },
      malformed: { cause: 'the payload was cut or changed', next: 'restore it from history' },
    },
  },
  WAXSEAL_PEER_FORMAT: {
    cause: 'a payload that another codec encrypted cannot be read',
    next: 'give the reader the key that the message names',
    reasons: {
      'unknown-key': {
        cause: 'the reader lacks the key of a payload that another codec encrypted',
        next: 'give it the key that the message names',
      },
      damaged: {
        cause: 'the key under that name is another one, or the payload was changed',
        next: 'compare the keys; else restore the payload',
      },
      unsupported: {
        cause: 'no codec that Waxseal knows writes that',
        next: 'find out what wrote the payload',
      },
      'context-mismatch': {
        cause: 'the encryption context that the reader expects is not that of the writer',
        next: 'give the reader the encryption context of the writer',
      },
    },
  },
  WAXSEAL_HEADER: {
    cause: 'a header cannot be handed on as it is',
    next: 'check the option headers in every process',
    reasons: {
      'not-read': {
        cause: 'this process does not read sealed headers',
        next: 'take headers: "leave" out of it',
      },
      'in-clear': {
        cause: 'a header came in clear where it is to be sealed',
        next: 'let the sender seal, or step back from headers: "require"',
      },
      malformed: { cause: 'a header was changed on the way', next: 'call again' },
    },
  },
  WAXSEAL_CONFIDENTIAL: {
    cause: 'a confidential text would have stood where Temporal keeps it in clear',
    next: 'put it into an argument or a memo, or use a search token',
  },
};

/** Cause and next step of an error. One that another release or a provider has is not known here. */
export function guidanceFor(code: string, reason?: string): Guidance {
  const isKnown = (text: string): text is keyof typeof GUIDANCE => Object.hasOwn(GUIDANCE, text);
  const { cause, next, reasons = {} } = GUIDANCE[isKnown(code) ? code : 'WAXSEAL_UNEXPECTED'];
  const own = reason !== undefined && Object.hasOwn(reasons, reason) ? reasons[reason] : undefined;
  return own ?? { cause, next };
}

/** Codes, and their reasons as far as these have a guidance of their own. */
export function guidedCodes(): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(GUIDANCE).map(([code, { reasons = {} }]) => [code, Object.keys(reasons)]));
}
