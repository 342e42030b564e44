import { inspect } from 'node:util';

/** Everything that a log or an error report could make of a value. */
export function textsOf(value: unknown): string {
  const deep = { depth: 10, showHidden: true, maxArrayLength: null, maxStringLength: null } as const;
  const shown = [
    inspect(value, deep),
    inspect(value, { ...deep, customInspect: false, getters: true }),
    JSON.stringify(value),
    String(value),
    JSON.stringify(Object.getOwnPropertyDescriptors(value)),
  ];
  if (value instanceof Object && 'stack' in value) shown.push(String(value.stack));
  return shown.join('\n').replace(/,\s+/g, ', ');
}
