import type { FreezingRelay, HttpProxy, KeyProcess } from '@waxseal/test-support';

import { type Certificate, type Service, SERVICE_NAME } from './subject';

/** What a fault is made of: a process with a key, and all that stands between it and the service. */
export interface Situation {
  readonly key: KeyProcess;
  readonly service: Service;
  readonly relay: FreezingRelay;
  readonly proxy: HttpProxy;
  /** Makes a certificate for the service. */
  readonly issue: (notAfter?: Date) => Promise<Certificate>;
}

/** Something that happens to a process that uses a key, and passes. */
export interface PassingFault {
  /** Lower case, with hyphens. */
  readonly id: string;
  /** For docs/operations.md. */
  readonly title: string;
  /** How it begins and ends, for docs/operations.md. */
  readonly made: string;
  /** Whether it is one of credentials. */
  readonly ofCredentials?: boolean;
  /** Whether it is there before the process makes its first request. */
  readonly fromTheStart?: boolean;
  /** Whether the process asks through the proxy, from the start. */
  readonly throughProxy?: boolean;
  /** `reason` that requests fail with while it lasts; without one, it passes as it happens. */
  readonly reason?: RegExp;
  /** Another text once what it took away was made anew: without that, it was no fault. */
  readonly renews?: (situation: Situation) => Promise<string> | string;
  /** Milliseconds from its end to a request that succeeds, at most. */
  readonly limitMs: number;
  begin(situation: Situation): Promise<void> | void;
  /** The name is known again from then on by itself. */
  end?(situation: Situation): Promise<void> | void;
}

const FROM_CONNECTION = 6_000;
const AT_ONCE = 3_000;
const MINUTE_MS = 60_000;

/** All of them, in the order of the table. */
export const PASSING_FAULTS: readonly PassingFault[] = [
  {
    id: 'credentials-silent',
    title: 'Credentials silent',
    made: 'What gives credentials does not answer, from the first request on; then it does.',
    ofCredentials: true,
    fromTheStart: true,
    reason: /^timeout$/,
    limitMs: FROM_CONNECTION,
    begin: ({ service }) => {
      service.credentials.silence();
    },
    end: ({ service }) => service.credentials.answer(),
  },
  {
    id: 'credentials-expired',
    title: 'Credentials expired',
    made: 'The credentials that the process has are ended before their time; it may have new ones.',
    ofCredentials: true,
    renews: ({ service }) => service.credentials.given(),
    limitMs: AT_ONCE,
    begin: ({ service }) => service.credentials.expire(),
  },
  {
    id: 'credentials-refused',
    title: 'Credentials refused, then granted',
    made: 'The credentials are ended and new ones refused; then they are given again.',
    ofCredentials: true,
    // Azure's SDK does not say whether it was refused by a managed identity or that is not there.
    reason: /^(?:denied|unavailable)$/,
    limitMs: AT_ONCE,
    begin: async ({ service }) => {
      await service.credentials.refuse();
      await service.credentials.expire();
    },
    end: ({ service }) => service.credentials.answer(),
  },
  {
    id: 'connection-frozen',
    title: 'Connection frozen',
    made: 'Connections that are open fall silent without an end (no FIN, no RST); new ones work.',
    renews: ({ relay }) => String(relay.connections),
    limitMs: FROM_CONNECTION,
    begin: ({ relay }) => {
      relay.freeze();
    },
  },
  {
    id: 'name-unknown',
    title: 'Name not resolved, then resolved',
    made: 'The name of the service is unknown and its connections are lost; then the name is known.',
    reason: /^(?:unavailable|timeout)$/,
    limitMs: AT_ONCE,
    begin: ({ key, relay }) => {
      key.forget(SERVICE_NAME);
      relay.freeze();
    },
  },
  {
    id: 'certificate-rotated',
    title: 'Certificate rotated',
    made: 'The service shows a certificate that has run out; then a new one.',
    reason: /^unavailable$/,
    limitMs: AT_ONCE,
    begin: async ({ service, issue }) => {
      service.show(await issue(new Date(Date.now() - MINUTE_MS)));
    },
    end: async ({ service, issue }) => {
      service.show(await issue());
    },
  },
  {
    id: 'proxy-away',
    title: 'Proxy away',
    made: 'The proxy of `HTTPS_PROXY` cuts its connections and takes no others; then it is back.',
    throughProxy: true,
    reason: /^unavailable$/,
    limitMs: AT_ONCE,
    begin: ({ proxy }) => {
      proxy.answers = 'reset';
      proxy.cut();
    },
    end: ({ proxy }) => {
      proxy.answers = 'tunnel';
    },
  },
];
