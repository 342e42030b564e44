import { jsonObject, type JsonObject } from './json-object';

/** Who holds a token, by an answer of `auth/token/lookup-self`: display name and policies. Never the token or its accessor. */
export function tokenHolder(answer: JsonObject): string | undefined {
  const { display_name: name, policies } = jsonObject(answer['data']);
  if (typeof name !== 'string' || name === '') return undefined;
  const names: readonly unknown[] = Array.isArray(policies) ? policies : [];
  return names.length === 0 ? name : `${name} (policies: ${names.map(String).join(', ')})`;
}
