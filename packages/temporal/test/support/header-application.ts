import type { ClientInterceptors } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { WorkerInterceptors } from '@temporalio/worker';
import * as nexus from 'nexus-rpc';

import { HEADER, headerService } from './header-workflows';

/** Interceptors of a client that put a canary of each kind of call into the header. */
export function clientInterceptors(canary: (kind: string) => string): ClientInterceptors {
  const header = (kind: string): Headers => ({ [HEADER]: defaultPayloadConverter.toPayload(canary(kind)) });
  return {
    workflow: [
      {
        startWithDetails: (input, next) => next({ ...input, headers: header('start') }),
        signal: (input, next) => next({ ...input, headers: header('signal') }),
        query: (input, next) => next({ ...input, headers: header('query') }),
        startUpdate: (input, next) => next({ ...input, headers: header('update') }),
        signalWithStart: (input, next) => next({ ...input, headers: header('signal-with-start') }),
        startUpdateWithStart: (input, next) =>
          next({
            ...input,
            workflowStartHeaders: header('start-with-update'),
            updateHeaders: header('update-with-start'),
          }),
      },
    ],
    schedule: [{ create: (input, next) => next({ ...input, headers: header('schedule') }) }],
  };
}

/** Activity and Nexus handler of this application give back the header that they were called with. */
export interface Handlers {
  readonly interceptors: WorkerInterceptors;
  readonly activities: { readonly echo: () => Promise<string> };
  readonly nexusServices: nexus.ServiceHandler<typeof headerService.operations>[];
}

export function handlers(): Handlers {
  let last = '';
  return {
    interceptors: {
      activity: [
        () => ({
          inbound: {
            execute: (input, next) => {
              const payload = input.headers[HEADER];
              last = payload === undefined ? 'none' : defaultPayloadConverter.fromPayload(payload);
              return next(input);
            },
          },
        }),
      ],
    },
    activities: { echo: () => Promise.resolve(last) },
    nexusServices: [
      nexus.serviceHandler(headerService, {
        echo: ({ headers }) => Promise.resolve(headers[HEADER] ?? 'none'),
      }),
    ],
  };
}
