import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataKeyGrant, DataKeyMember, DataKeySeat, WantedDataKey } from '@waxseal/core';
import { withDeadline } from '@waxseal/core/internal';
import type { SharedKeyClaim, SharedKeyPart, SharedKeyRecord } from '../shared-key-records';
import type { Store } from '../store';
import type { FleetSecret } from './fleet-secret';
import { type KeyRecordContent, openRecord, sealRecord } from './key-record';
import { Portion } from './portion';
import { CLOCK_TOLERANCE_MS, type ProcessClocks, SeenKeys } from './seen-keys';

/** Share of a limit at which the successor is made, and by how much members draw it apart. */
const HAND_OVER_AT = 0.75;
const JITTER = 0.1;

/** How long to wait between two looks at what another makes, at first and at the most. */
const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 250;
/** How long to go on under the old key before looking for the one that another makes. */
const LOOK_AGAIN_MS = 4_000;
/** A key that is not authentic is replaced by one member once in so long. */
const REPLACE_MS = 30_000;
/** Beyond its two waits for key services and those for the store, what a maker may take. */
const SLACK_MS = 1_000;

/** What a {@link SharedKeySeat} is made of. */
export interface SeatParts {
  readonly store: Store;
  readonly ring: string;
  readonly member: DataKeyMember;
  readonly secret: FleetSecret;
  readonly clocks: ProcessClocks;
  /** Longest wait for the store, in milliseconds. */
  readonly patienceMs: number;
  /** Is told of a key that is not authentic. */
  readonly onForged: () => void;
}

/** A key that may be used, with its age. */
interface UsableKey extends SharedKeyRecord, KeyRecordContent {
  readonly isDue: boolean;
}

/** The right to make a key, and what to use on where that fails. */
interface WonClaim extends SharedKeyClaim {
  readonly before: UsableKey | undefined;
}

/** One member's place: takes parts of the ring's key, and makes its successor where nobody else does. */
export class SharedKeySeat implements DataKeySeat {
  readonly #parts: SeatParts;
  readonly #seen: SeenKeys;
  readonly #portion: Portion;
  /** Longest time that a maker may need: a claim that is older is taken over. */
  readonly #claimMs: number;
  #handOverAt = drawn();
  #claimSeen: (SharedKeyClaim & { readonly sinceMs: number }) | undefined;
  #replaceAtMs = -Infinity;

  constructor(parts: SeatParts) {
    this.#parts = parts;
    this.#seen = new SeenKeys(parts.clocks);
    this.#portion = new Portion(parts.member.limits);
    this.#claimMs = 2 * parts.member.keyServiceMs + 3 * parts.patienceMs + SLACK_MS;
  }

  async take(wanted: WantedDataKey): Promise<DataKeyGrant> {
    const { patienceMs } = this.#parts;
    this.#portion.adapt(this.#parts.clocks.steady(), wanted.holds?.isNearlyUsedUp === true);
    const found = await withDeadline(patienceMs, wanted.signal, (signal) =>
      this.#findOrClaim(wanted, signal),
    );
    if (!('claimant' in found)) return found;
    try {
      return await this.#make(found, wanted);
    } catch (error) {
      const old =
        found.before &&
        (await withDeadline(patienceMs, wanted.signal, (signal) =>
          this.#takePart(found.before as UsableKey, wanted, signal, REPLACE_MS),
        ));
      if (old === undefined) throw error;
      return old;
    }
  }

  /** A part of the key that is there; else the right to make the next one. */
  async #findOrClaim(wanted: WantedDataKey, signal: AbortSignal): Promise<DataKeyGrant | WonClaim> {
    const { store, ring, clocks } = this.#parts;
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(2 * lookMs, LONGEST_LOOK_MS)) {
      const askedAtMs = clocks.steady();
      const { key, claim } = await store.sharedKeys.find(ring, { signal });
      const usable = key && (await this.#accept(key, askedAtMs, wanted));
      if (usable?.isDue === false) {
        const grant = await this.#takePart(usable, wanted, signal);
        if (grant !== undefined) return grant;
      }
      const sequence = Math.max(this.#seen.newest, key?.sequence ?? 0) + 1;
      if (claim === undefined || claim.sequence < sequence) {
        if (key !== undefined && usable === undefined) this.#beginReplacing();
        const mine = await this.#claim(sequence, undefined, signal);
        if (mine !== undefined) return { ...mine, before: usable };
      } else if (this.#isAbandoned(claim)) {
        const mine = await this.#claim(claim.sequence, claim.claimant, signal);
        if (mine !== undefined) return { ...mine, before: usable };
      }
      const grant = usable && (await this.#takePart(usable, wanted, signal, LOOK_AGAIN_MS));
      if (grant !== undefined) return grant;
      await delay(lookMs * (0.5 + Math.random()), undefined, { signal });
    }
  }

  /** @returns `undefined` where another one was faster */
  async #claim(
    sequence: number,
    instead: string | undefined,
    signal: AbortSignal,
  ): Promise<SharedKeyClaim | undefined> {
    const { store, ring } = this.#parts;
    const mine = { sequence, claimant: randomUUID() };
    try {
      return (await store.sharedKeys.claim(ring, mine, instead, { signal })) ? mine : undefined;
    } catch (error) {
      // The claim may be there all the same, and would keep others waiting.
      store.sharedKeys.release(ring, mine).catch(() => undefined);
      throw error;
    }
  }

  /** @returns the key, where it is authentic and not too old */
  async #accept(
    key: SharedKeyRecord,
    askedAtMs: number,
    { holds }: WantedDataKey,
  ): Promise<UsableKey | undefined> {
    const { ring, secret, member, clocks, onForged } = this.#parts;
    const { sequence, record, taken } = key;
    const open = async (
      find: () => ReturnType<FleetSecret['find']>,
    ): Promise<KeyRecordContent | undefined> => {
      const found = await find();
      return found && openRecord(found, ring, sequence, record);
    };
    const content = (await open(() => secret.find())) ?? (await open(() => secret.findChanged()));
    // A key that went before one that was seen is one that somebody put back.
    if (content === undefined || sequence < this.#seen.newest) {
      onForged();
      return undefined;
    }
    const { madeAtMs } = content;
    const isOfTomorrow = madeAtMs - clocks.wall() > CLOCK_TOLERANCE_MS;
    const ageMs = this.#seen.see(key, askedAtMs, madeAtMs);
    const { maxAgeMs, maxStaleAgeMs, maxMessages, maxBytes } = member.limits;
    if (isOfTomorrow || ageMs >= maxStaleAgeMs) return undefined;
    const isIncomplete = holds?.isIncomplete === true && isSame(holds.key, content.key);
    const used = Math.max(ageMs / maxAgeMs, taken.messages / maxMessages, taken.bytes / maxBytes);
    return { ...key, ...content, ageMs, isDue: isIncomplete || used >= this.#handOverAt };
  }

  /** @returns `undefined` where so much is not left */
  async #takePart(
    key: UsableKey,
    { bytes, holds }: WantedDataKey,
    signal: AbortSignal,
    askAgainMs?: number,
  ): Promise<DataKeyGrant | undefined> {
    const { store, ring, member, clocks } = this.#parts;
    const { maxMessages, maxBytes, maxAgeMs } = member.limits;
    const askInMs = (ageMs: number): number =>
      askAgainMs === undefined ? this.#untilHandOver(maxAgeMs, ageMs) : askAgainMs * (0.5 + Math.random());
    if (holds !== undefined && bytes === 0 && !holds.isNearlyUsedUp && isSame(holds.key, key.key)) {
      return { key: key.key, ageMs: key.ageMs, messages: 0, bytes: 0, askAgainMs: askInMs(key.ageMs) };
    }
    const part = this.#portion.of(bytes, key.taken);
    if (part === undefined) return undefined;
    const most = { messages: maxMessages, bytes: maxBytes };
    const askedAtMs = clocks.steady();
    const taken = await store.sharedKeys.take(ring, key.sequence, part, most, key.ageMs, { signal });
    if (taken === undefined) return undefined;
    const ageMs = this.#seen.hear(key.record, askedAtMs, taken.ageMs);
    return { key: key.key, ageMs, ...part, askAgainMs: askInMs(ageMs) };
  }

  async #make(claim: SharedKeyClaim, wanted: WantedDataKey): Promise<DataKeyGrant> {
    const { store, ring, secret, member, clocks, patienceMs } = this.#parts;
    const begunAtMs = clocks.steady();
    const part = this.#portion.of(wanted.bytes) as SharedKeyPart;
    const madeAtMs = clocks.wall();
    let record: Uint8Array;
    let key: Uint8Array;
    try {
      const found = await secret.findOrMake();
      key = await wanted.make(part);
      record = sealRecord(found, ring, claim.sequence, { madeAtMs, key });
    } catch (error) {
      // Another one may do better.
      store.sharedKeys.release(ring, claim).catch(() => undefined);
      throw error;
    }
    const ageMs = clocks.steady() - begunAtMs;
    const isThere = await withDeadline(patienceMs, wanted.signal, (signal) =>
      store.sharedKeys.publish(ring, claim, { record, taken: part, ageMs }, { signal }),
    );
    if (!isThere) throw new Error('Another process has taken the claim over.');
    this.#handOverAt = drawn();
    const age = this.#seen.see({ sequence: claim.sequence, record, ageMs: 0 }, begunAtMs, madeAtMs);
    return { key, ageMs: age, ...part, askAgainMs: this.#untilHandOver(member.limits.maxAgeMs, age) };
  }

  /** Whether the claim has been there for longer than a maker needs, by this process's own clock. */
  #isAbandoned(claim: SharedKeyClaim): boolean {
    const now = this.#parts.clocks.steady();
    const { sequence, claimant } = this.#claimSeen ?? {};
    if (sequence !== claim.sequence || claimant !== claim.claimant) {
      this.#claimSeen = { ...claim, sinceMs: now };
    }
    return now - (this.#claimSeen?.sinceMs ?? now) >= this.#claimMs;
  }

  /** @throws Error where the last key that could not be used was replaced a moment ago */
  #beginReplacing(): void {
    const now = this.#parts.clocks.steady();
    if (now < this.#replaceAtMs) throw new Error('The shared data key cannot be used.');
    this.#replaceAtMs = now + REPLACE_MS * (0.5 + Math.random());
  }

  #untilHandOver(maxAgeMs: number, ageMs: number): number {
    return Math.max(SLACK_MS, this.#handOverAt * maxAgeMs - ageMs);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other);
}

function drawn(): number {
  return HAND_OVER_AT - JITTER * Math.random();
}
