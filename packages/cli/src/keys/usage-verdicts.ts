import { html, many, moment, name, shortName, type Markup } from './markup';
import { startOfDay } from './time-bins';
import type { Blocker } from './blockers';
import type { KeyUsage, UsageReport } from './usage-report';

const MS_PER_DAY = 86_400_000;
/** Characters of a key ID that are shown: those of key services have fewer. */
const LONGEST_ID = 256;
/** A key that was written under so shortly before the scan may be in use still. */
const RECENT_MS = 7 * MS_PER_DAY;

/**
 * What is said of a key:
 *
 * - `free`: nothing that was looked at needs it
 * - `later`: nothing needs it from a date on
 * - `needed`: something needs it that does not end by itself
 * - `unknown`: no date can be given, and nothing was found that would need it for ever
 */
export type Verdict = 'free' | 'later' | 'needed' | 'unknown';

/** A key with its number in the page. */
export interface NumberedKey {
  /** `K1` */
  readonly label: string;
  readonly usage: KeyUsage;
  readonly verdict: Verdict;
}

const NATURAL = new Intl.Collator('en', { numeric: true });

/** The keys by name, version 2 before version 10. */
export function numberedKeys({ keys, asOf }: UsageReport): readonly NumberedKey[] {
  return [...keys]
    .sort((a, b) => NATURAL.compare(a.id, b.id) || NATURAL.compare(a.format, b.format))
    .map((usage, index) => ({ label: `K${String(index + 1)}`, usage, verdict: verdictOf(usage, asOf) }));
}

const NOT_OF_THE_KEY: ReadonlySet<Blocker['what']> = new Set([
  'not all was looked at',
  'payloads kept elsewhere',
  'payloads whose key is not told',
  // These are to go by themselves, some time.
  'closed executions',
  'closed activities',
  'closed Nexus operations',
]);

function verdictOf({ notNeededFrom, blockers }: KeyUsage, asOf: string): Verdict {
  if (notNeededFrom === null) {
    return blockers.some(({ what }) => !NOT_OF_THE_KEY.has(what)) ? 'needed' : 'unknown';
  }
  return Date.parse(notNeededFrom) > Date.parse(asOf) ? 'later' : 'free';
}

/** How many closed holders are there a day or more after the retention has passed. */
function overdueOf({ neededBy }: KeyUsage, { retentionDays, asOf }: UsageReport): number {
  if (retentionDays === null) return 0;
  const dueMs = Date.parse(asOf) - (retentionDays + 2) * MS_PER_DAY;
  return neededBy
    .flatMap(({ closeDays }) => closeDays)
    .reduce((sum, { day, count }) => sum + ((startOfDay(day) ?? Infinity) < dueMs ? count : 0), 0);
}

/** The number of a key as a link to its verdict. */
export function keyLink({ label }: NumberedKey): Markup {
  return html`<a class="key" href="#${label}">${label}</a>`;
}

/** The number and the ID of a key, beside each other. */
export function linkedKey(key: NumberedKey): Markup {
  return html`<span class="labelled">${keyLink(key)} <span>${keyName(key.usage.id)}</span></span>`;
}

/** The same in little room. */
export function shortKey(key: NumberedKey): Markup {
  return html`<span class="labelled">${keyLink(key)} <span>${shortName(key.usage.id)}</span></span>`;
}

/** The ID of a key. */
export function keyName(id: string): Markup {
  return name(id, LONGEST_ID);
}

/** What may be done with each key, and why. */
export function verdicts(keys: readonly NumberedKey[], report: UsageReport): Markup {
  if (keys.length === 0) return html`<p>No payload that was looked at is encrypted under any key.</p>`;
  return html`<ol class="verdicts">
    ${keys.map(
      (key) =>
        html`<li id="${key.label}" class="verdict ${key.verdict}">
          <h3 class="labelled">
            <span class="key">${key.label}</span> <span>${keyName(key.usage.id)}</span>
          </h3>
          <div>
            <p class="says">${statement(key)}</p>
            ${reasons(key, report)}
          </div>
        </li>`,
    )}
  </ol>`;
}

function statement({ usage: { notNeededFrom }, verdict }: NumberedKey): Markup {
  switch (verdict) {
    case 'free':
      return html`<strong>Not needed</strong> by anything that was looked at`;
    case 'later':
      return html`<strong>Not needed from ${moment(notNeededFrom ?? '', 'up')}</strong>`;
    case 'needed':
      return html`<strong>Needed</strong>, with no end in sight`;
    case 'unknown':
      return html`<strong>Not known</strong>: no date can be given`;
  }
}

function reasons({ usage, verdict }: NumberedKey, report: UsageReport): Markup {
  const { asOf } = report;
  const { blockers, lastSeen, notNeededFromBesideOthers: beside, notNeededFrom } = usage;
  const lines = blockers.map(blockerLine);
  if (verdict === 'later') {
    const closing = usage.neededBy.filter(({ lastClose }) => lastClose !== null);
    const held = closing.map(({ what, count: holders }) => manyHolders(holders, what)).join(', ');
    lines.push(html`<li>${held} hold payloads under it, and are kept until then.</li>`);
  }
  const overdue = overdueOf(usage, report);
  if (overdue > 0) {
    lines.push(
      html`<li class="warn">
        ${many(overdue, 'closed holder')} outlived the retention: deletion is late, or the retention was
        longer when they closed. What is left may stay longer than is said here.
      </li>`,
    );
  }
  if (beside !== null && beside !== notNeededFrom) {
    const from =
      Date.parse(beside) <= Date.parse(asOf) ? html`Already` : html`From ${moment(beside, 'up')} on`;
    lines.push(
      html`<li>
        ${from}, other keys open all that it opens: it is not needed <em>as long as those stay</em>.
      </li>`,
    );
  }
  if (lastSeen !== null && Date.parse(asOf) - Date.parse(lastSeen) < RECENT_MS) {
    lines.push(
      html`<li class="warn">
        Last written under on ${moment(lastSeen)}, within a week of this scan. Make sure that nothing encrypts
        under it any more: each new payload
        ${verdict === 'needed' ? html`keeps it needed` : html`moves the date`}.
      </li>`,
    );
  }
  return lines.length === 0
    ? html``
    : html`<ul>
        ${lines}
      </ul>`;
}

/** How many holders: `1 open activity`, `2 open activities`. */
export function manyHolders(count: number, what: Blocker['what']): string {
  const one = what.replace(/ies$/, 'y').replace(/s$|s(?= kept| whose)/, '');
  return many(count, one, what);
}

function blockerLine({ what, count: held, freedBy }: Blocker): Markup {
  const because = what === 'not all was looked at' ? 'Not all was looked at' : manyHolders(held, what);
  return html`<li><b>${because}</b>. Freed by ${freedBy}.</li>`;
}

/** How many keys are how far, and which. */
export function tally(keys: readonly NumberedKey[]): Markup {
  const told: readonly (readonly [Verdict, string])[] = [
    ['free', 'not needed'],
    ['later', 'not needed from a date on'],
    ['needed', 'needed'],
    ['unknown', 'not known'],
  ];
  return html`<ul class="tally">
    ${told.map(([verdict, words]) => {
      const those = keys.filter((key) => key.verdict === verdict);
      const links = those.slice(0, 12).map((key) => html`${keyLink(key)} `);
      const rest = those.length > 12 ? `and ${String(those.length - 12)} more` : undefined;
      return html`<li class="${those.length === 0 ? 'nobody' : verdict}">
        <b>${those.length}</b> <span>${words}</span> <span class="links">${links}${rest}</span>
      </li>`;
    })}
  </ul>`;
}

/** The verdict in few words, for the title of the page. */
export function headline(keys: readonly NumberedKey[], { complete }: UsageReport): string {
  if (!complete) return 'Incomplete: no key may be switched off by this report';
  if (keys.length === 0) return 'No encrypted payload was found';
  const kept = keys.filter(({ verdict }) => verdict === 'needed' || verdict === 'unknown').length;
  if (kept === 0) {
    const later = keys.filter(({ verdict }) => verdict === 'later').length;
    if (keys.length === 1)
      return later === 0 ? 'The key is not needed' : 'The key is not needed from a date on';
    return later === 0
      ? `None of ${many(keys.length, 'key')} is needed`
      : `None of ${many(keys.length, 'key')} is needed: now, or from a date on`;
  }
  const are = `${kept === 1 ? 'is' : 'are'}${keys.some(({ verdict }) => verdict === 'unknown') ? ', or may be,' : ''}`;
  return kept === keys.length
    ? `${kept === 1 ? 'The key' : `All ${many(kept, 'key')}`} ${are} needed`
    : `${String(kept)} of ${many(keys.length, 'key')} ${are} needed, the rest is not: now, or from a date on`;
}
