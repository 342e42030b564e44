import type { KeyProviderHarness, KeyProviderRole, KeyProviderSubject } from '../../src';
import type { ModelKey } from './model-key';
import { type ModelRight, ModelService } from './model-service';

const RIGHTS: Readonly<Record<KeyProviderRole, readonly ModelRight[]>> = {
  worker: ['encrypt', 'decrypt'],
  decoder: ['decrypt'],
  doctor: ['encrypt', 'decrypt', 'look'],
};

/** @param Key the provider: `ModelKey`, or one that breaks a rule */
export function modelSubject(Key: typeof ModelKey): KeyProviderSubject {
  return { name: 'ModelKey', open: () => harness(Key, new ModelService()) };
}

function harness(Key: typeof ModelKey, service: ModelService): KeyProviderHarness {
  for (const name of ['a', 'b']) service.create(name);
  const set = (state: 'enabled' | 'disabled' | 'denied') => (): void => {
    const key = service.keys.get('a');
    if (key !== undefined) key.state = state;
  };
  return {
    secrets: ['model-service-password'],
    key: () => new Key(service, 'a'),
    otherKey: () => new Key(service, 'b'),
    unknownKey: () => new Key(service, 'none'),
    disableKey: set('disabled'),
    enableKey: set('enabled'),
    deny: set('denied'),
    grantOnly: (role) => {
      service.rights = RIGHTS[role];
    },
    deleteKey: () => {
      service.keys.delete('a');
    },
    rotate: () => {
      service.keys.get('a')?.versions.push(Buffer.alloc(32, service.requests));
    },
    throttle: (times) => {
      service.throttled = times;
    },
    cut: (times) => {
      service.cut = times;
    },
    delay: (ms) => {
      service.delayMs = ms;
    },
    disconnect: () => {
      service.connected = false;
    },
    requests: () => service.requests,
    close: () => undefined,
  };
}
