import type { FreezingRelay } from '@waxseal/test-support';

/** The name that a process knows its key service by. */
export const SERVICE_NAME = 'service.test';

/** A certificate for {@link SERVICE_NAME} and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What lies between a process and a key service: made before the service, since some must know its name. */
export interface Grounds {
  /** `<SERVICE_NAME>:<port>`, which leads to the relay. */
  readonly host: string;
  /** Leads to the service, once {@link Subject.start} has started it. */
  readonly relay: FreezingRelay;
  /** What the service shows first. */
  readonly certificate: Certificate;
  /** File with the authority that signed it, in PEM. */
  readonly caFile: string;
  /** For files of the subject; removed when the row ends. */
  readonly folder: string;
}

/** What gives a process its credentials, and takes them away. */
export interface Credentials {
  /** Another text once credentials were given anew. */
  given(): Promise<string> | string;
  /** Answers no request any more, until `answer`. */
  silence(): void;
  /** Refuses requests, until `answer`. */
  refuse(): Promise<void> | void;
  /** Gives credentials to all requests that come from now on. */
  answer(): Promise<void> | void;
  /** Ends what was given out, before its time. */
  expire(): Promise<void> | void;
}

/** A running key service with one key. */
export interface Service {
  /** Of the key. */
  readonly uri: string;
  /** Variables that a process needs for it, as in production. */
  readonly environment: NodeJS.ProcessEnv;
  /** Port of 127.0.0.1 where it speaks TLS. */
  readonly port: number;
  readonly credentials: Credentials;
  /** Shows another certificate, and ends the connections that are there. */
  show(certificate: Certificate): void;
  stop(): Promise<void>;
}

/** A key service and a source of credentials. */
export interface Subject {
  /** The name of its rows on the command line; those of the same key service begin alike. */
  readonly id: string;
  /** The key service. */
  readonly name: string;
  /** Where credentials come from: the end of a sentence. */
  readonly source: string;
  /** Whether only faults of credentials are made, the others being those of another subject. */
  readonly onlyCredentials?: boolean;
  start(grounds: Grounds): Promise<Service>;
}
