import { howMany, plain, table } from '../printable';
import type { Line } from '../terminal/colour';
import type { DescribedKey, DescribedVersion } from './described-key';

/** Longest name of a version in the table; below it stands whole. */
const SHORT = 16;

const COLUMNS: readonly (readonly [string, (key: DescribedKey) => string])[] = [
  ['ROLE', ({ role }) => role],
  ['STATE', ({ state, usable }) => `${state ?? '?'}${usable === false ? ' (unusable)' : ''}`],
  [
    'MADE',
    ({ createdAt, ageDays }) => (createdAt === null ? '?' : `${day(createdAt)} (${String(ageDays)} d)`),
  ],
  ['WRAPS NOW', ({ wrapsNow }) => (wrapsNow === null ? '?' : shortened(wrapsNow))],
  ['VERSIONS', countOf],
  ['ROTATION', ({ rotation }) => rotation ?? '?'],
  ['LAST USE', ({ lastUse }) => (lastUse === null ? '?' : lastUse.at === null ? 'none' : day(lastUse.at))],
  ['KEY', ({ id }) => id],
];

/** The keys for a person: a table, and below it what does not fit into one. */
export function formatKeys(keys: readonly DescribedKey[]): readonly Line[] {
  const titles = COLUMNS.map(([title]) => title);
  const rows = keys.map((key) => COLUMNS.map(([, cell]) => plain(cell(key))));
  const unusable = keys.filter(({ usable }) => usable === false).length;
  const unknown = keys.filter(({ usable }) => usable === null).length;
  const summary = `${howMany(keys.length, 'key')}: ${String(unusable)} cannot be used, ${String(unknown)} not known`;
  return [...table(titles, rows), ...keys.flatMap(below), '', summary];
}

function below(key: DescribedKey): readonly string[] {
  const { id, name, namespaces, versions, hasMoreVersions, deletedAt, lastUse, untold } = key;
  const lines = [
    ...(name === null || name === id ? [] : [`named ${name} by its service`]),
    ...(namespaces.length === 0 ? [] : [`of ${namespaces.join(', ')}`]),
    ...(deletedAt === null ? [] : [`deletion is pending: ${deletedAt}`]),
    ...(versions ?? []).map((version) => ofVersion(version, key.wrapsNow)),
    ...(hasMoreVersions ? ['and more versions'] : []),
    ...(lastUse === null ? [] : [ofUse(lastUse)]),
    ...untold.map((clause) => `not told: ${clause}`),
  ];
  return ['', plain(id), ...lines.map((text) => `  ${plain(text)}`)];
}

function ofVersion({ version, createdAt, state, endsAt }: DescribedVersion, wrapsNow: string | null): string {
  const facts = [
    ...(createdAt === null ? [] : [`made ${createdAt}`]),
    ...(state === null ? [] : [state]),
    ...(endsAt === null ? [] : [`ends ${endsAt}`]),
    ...(version === wrapsNow ? ['wraps now'] : []),
  ];
  return `version ${version}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`;
}

function ofUse({ at, operation, recordedSince }: NonNullable<DescribedKey['lastUse']>): string {
  const since = recordedSince === null ? '' : `; recorded since ${recordedSince}`;
  return at === null
    ? `no use${since}`
    : `last used ${at}${operation === null ? '' : ` (${operation})`}${since}`;
}

function countOf({ versions, hasMoreVersions }: DescribedKey): string {
  return versions === null ? '?' : `${String(versions.length)}${hasMoreVersions ? '+' : ''}`;
}

function day(time: string): string {
  return time.slice(0, 10);
}

function shortened(text: string): string {
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
}
