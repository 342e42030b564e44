import { isNativeError } from 'node:util/types';

// Jest runs tests in a realm of their own, where Node's network errors are no instances of Error, and the SDK
// wraps what is none into an error without its code. Outside Jest there is one realm.
Object.defineProperty(Error, Symbol.hasInstance, {
  value: function (this: unknown, value: unknown): boolean {
    return this === Error
      ? isNativeError(value)
      : Function.prototype[Symbol.hasInstance].call(this as typeof Error, value);
  },
});
