import { beforeEach, describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';
import fc from 'fast-check';
import { MemoryStore } from './support/memory-store';
import { HOUR, MINUTE, nameOf, TestProcess, TestVault } from './support/seats';

let memory: MemoryStore;
let vault: TestVault;
/** The right time of day. */
const NOW = Date.UTC(2027, 0, 1);

beforeEach(() => {
  memory = new MemoryStore();
  vault = new TestVault();
});

type More =
  ConstructorParameters<typeof TestProcess> extends [unknown, unknown, unknown, ...infer Rest] ? Rest : never;

function start(offsetMs = 0, ...rest: More): TestProcess {
  return new TestProcess(memory.store, vault, NOW + offsetMs, ...rest);
}

/** Lets time pass for the store and for processes. */
function pass(ms: number, ...processes: readonly TestProcess[]): void {
  memory.nowMs += ms;
  for (const process of processes) process.pass(ms);
}

describe('one key for all', () => {
  it('is made by one of many that start at once', async () => {
    const all = Array.from({ length: 50 }, () => start());
    await Promise.all(all.map((process) => process.take()));
    expect(all.flatMap(({ made }) => made)).toHaveLength(1);
    expect(new Set(all.map(({ grant }) => nameOf(grant?.key ?? new Uint8Array()))).size).toBe(1);
    expect(vault.protects).toBe(1);
  });

  it('is not asked for again while it has room and is young, and nothing is written then', async () => {
    const one = start();
    await one.take();
    one.isNearlyUsedUp = false;
    const { taken } = memory.newest;
    expect(await one.take()).toMatchObject({ messages: 0, bytes: 0 });
    expect(memory.newest.taken).toEqual(taken);
  });

  it('is handed over at 65 to 75 % of its age, by one, while the others go on', async () => {
    const all = Array.from({ length: 20 }, () => start());
    await Promise.all(all.map((process) => process.take()));
    pass(0.64 * HOUR, ...all);
    await Promise.all(all.map((process) => process.take()));
    expect(all.flatMap(({ made }) => made)).toHaveLength(1);
    pass(0.12 * HOUR, ...all);
    await Promise.all(all.map((process) => process.take()));
    expect(all.flatMap(({ made }) => made)).toHaveLength(2);
    await Promise.all(all.map((process) => process.take()));
    expect(all.flatMap(({ made }) => made)).toHaveLength(2);
    expect(new Set(all.map(({ grant }) => nameOf(grant?.key ?? new Uint8Array()))).size).toBe(1);
  });

  it('is replaced where it lacks wraps, and its replacement is not', async () => {
    const one = start();
    await one.take();
    one.isIncomplete = true;
    await one.take();
    expect(one.made).toHaveLength(2);
    one.isIncomplete = false;
    await one.take();
    expect(one.made).toHaveLength(2);
  });
});

describe('who claims and fails', () => {
  it('gives the claim back, so that another one makes the key', async () => {
    const [broken, sound] = [start(), start()];
    broken.failure = new Error('denied');
    expect(await rejectionOf(() => broken.take())).toMatchObject({ message: 'denied' });
    await sound.take();
    expect(sound.made).toHaveLength(1);
  });

  it('goes on under the old key where there is one', async () => {
    const one = start();
    const before = await one.take();
    pass(0.9 * HOUR, one);
    one.failure = new Error('denied');
    const after = await one.take();
    expect(nameOf(after.key)).toBe(nameOf(before.key));
    expect(after.messages).toBeGreaterThan(0);
    expect(after.askAgainMs).toBeLessThanOrEqual(45_000);
  });

  it('and is gone, is succeeded by whoever has seen its claim for long', async () => {
    memory.rows.push({
      sequence: 1,
      claimant: 'dead',
      record: undefined,
      madeAtMs: 0,
      ageMs: 0,
      taken: { messages: 0, bytes: 0 },
    });
    const one = start(0, {}, 30);
    await rejectionOf(() => one.take());
    pass(10_000, one);
    await rejectionOf(() => one.take());
    pass(10_000, one);
    await one.take();
    expect(one.made).toHaveLength(1);
    expect(memory.newest.sequence).toBe(1);
  });
});

describe('clocks', () => {
  it('five minutes apart: two clusters agree on one key', async () => {
    const early = Array.from({ length: 5 }, () => start(-2.5 * MINUTE));
    const late = Array.from({ length: 5 }, () => start(2.5 * MINUTE));
    const all = [...early, ...late];
    for (let minute = 0; minute < 240; minute++) {
      await Promise.all(all.map((process) => process.take()));
      pass(MINUTE, ...all);
    }
    // 240 minutes of keys that serve 39 to 45 minutes.
    const made = all.flatMap((process) => process.made).length;
    expect(made).toBeGreaterThanOrEqual(6);
    expect(made).toBeLessThanOrEqual(7);
    expect(new Set(all.map(({ grant }) => nameOf(grant?.key ?? new Uint8Array()))).size).toBe(1);
  });

  it.each([-1, 1])('of the store that jumps by %s h makes no key younger', async (hours) => {
    const [one, other] = [start(), start()];
    await one.take();
    pass(30 * MINUTE, one, other);
    await one.take();
    memory.nowMs += hours * HOUR;
    const first = one.grant;
    if (hours < 0) {
      // Who has just come relies on what others have measured.
      expect((await other.take()).ageMs).toBeGreaterThanOrEqual(30 * MINUTE);
      expect((await one.take()).ageMs).toBeGreaterThanOrEqual(30 * MINUTE);
      pass(20 * MINUTE, one, other);
    }
    const next = await one.take();
    expect(nameOf(next.key)).not.toBe(nameOf(first?.key ?? new Uint8Array()));
    expect(next.ageMs).toBeLessThan(MINUTE);
  });

  it('of the store that stands still: the process that saw the key first knows its age', async () => {
    const one = start();
    const before = await one.take();
    one.pass(46 * MINUTE);
    expect(nameOf((await one.take()).key)).not.toBe(nameOf(before.key));
  });

  it('of a process that is a day ahead: its key is refused, and replaced once', async () => {
    const wrong = start(24 * HOUR);
    await wrong.take();
    const right = [start(), start()];
    await Promise.all(right.map((process) => process.take()));
    expect(right.flatMap(({ made }) => made)).toHaveLength(1);
  });
});

describe('an attacker who can write to the database', () => {
  it.each<[string, (bytes: Buffer) => Uint8Array]>([
    ['that is another one', (bytes) => bytes.fill(7, 20, 40)],
    ['that is cut', (bytes) => bytes.subarray(0, 30)],
    ['that is empty', () => new Uint8Array()],
    ['of another version', (bytes) => bytes.fill(2, 0, 1)],
    ['that is made younger', (bytes) => bytes.fill(255, 3, 5)],
    ['without its end', (bytes) => bytes.subarray(0, -1)],
  ])('a record %s is not used, and is replaced by one', async (_name, change) => {
    const maker = start();
    await maker.take();
    memory.newest.record = change(Buffer.from(memory.newest.record ?? []));
    const all = Array.from({ length: 10 }, () => start());
    await Promise.all(all.map((process) => process.take()));
    expect(all.flatMap(({ made }) => made)).toHaveLength(1);
    const keys = new Set(all.map(({ grant }) => nameOf(grant?.key ?? new Uint8Array())));
    expect([...keys]).toEqual(all.flatMap(({ made }) => made));
  });

  it('cannot make processes replace keys again and again', async () => {
    const one = start(0, {}, 100);
    await one.take();
    let refused = 0;
    for (let second = 0; second < 60; second++) {
      memory.newest.record = new Uint8Array(80);
      await one.take().catch(() => (refused += 1));
      pass(1_000, one);
    }
    expect(one.made.length).toBeLessThanOrEqual(1 + 5);
    expect(refused).toBeGreaterThan(50);
  });

  it('cannot put an old key back before those who saw a newer one', async () => {
    const one = start();
    await one.take();
    const [old] = structuredClone(memory.rows);
    pass(MINUTE, one);
    // Replaced while it is young.
    one.isIncomplete = true;
    const { key } = await one.take();
    one.isIncomplete = false;
    memory.rows.splice(0, 9, { ...(old ?? memory.newest), madeAtMs: memory.nowMs, ageMs: 0 });
    const after = await one.take();
    expect(nameOf(after.key)).not.toBe(nameOf(key));
    expect(one.made).toHaveLength(3);
    expect(memory.newest.sequence).toBe(3);
  });

  it('cannot put an old key back before others for longer than it may be used', async () => {
    const one = start();
    await one.take();
    const [old] = structuredClone(memory.rows);
    const later = start(3 * HOUR);
    memory.rows.splice(0, 9, { ...(old ?? memory.newest), madeAtMs: memory.nowMs, ageMs: 0 });
    expect(nameOf((await later.take()).key)).toBe(later.made[0]);
  });

  it('cannot use a key of another number of the ring', async () => {
    const one = start();
    await one.take();
    memory.newest.sequence = 2;
    const other = start();
    expect(nameOf((await other.take()).key)).toBe(other.made[0]);
  });

  it('cannot put a secret of his own in the place of the fleet’s', async () => {
    const maker = start();
    await maker.take();
    for (const name of memory.secrets.keys()) memory.secrets.set(name, new Uint8Array(64).fill(1));
    const other = start(0, {}, 100);
    expect(await rejectionOf(() => other.take())).toMatchObject({ message: 'rejected-ciphertext' });
    expect(other.grant).toBeUndefined();
  });

  it('has nothing from which to make a record with a secret that the application gave', async () => {
    const secret = new Uint8Array(32).fill(3);
    const [one, other] = [start(0, {}, '5s', secret), start(0, {}, '5s', secret)];
    await one.take();
    await other.take();
    expect([one.made.length, other.made.length, vault.protects]).toEqual([1, 0, 0]);
    const stranger = start(0, {}, '5s', new Uint8Array(32).fill(4));
    await stranger.take();
    expect(stranger.made).toHaveLength(1);
  });
});

describe('counts', () => {
  it('never exceed the bounds for the fleet, whatever the order of what happens', async () => {
    const step = fc.record({
      who: fc.nat(5),
      what: fc.constantFrom('take', 'restart', 'jump', 'fail', 'pass', 'large', 'away'),
      amount: fc.nat(90),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 10, max: 5_000 }),
        fc.array(step, { maxLength: 60 }),
        async (maxMessages, maxBytes, steps) => {
          memory = new MemoryStore();
          vault = new TestVault();
          const limits = { maxMessages, maxBytes };
          const begin = (): TestProcess => start(0, limits, 60);
          const all = Array.from({ length: 6 }, begin);
          const granted = new Map<string, { messages: number; bytes: number; bornMs: number }>();
          let nowMs = 0;
          for (const { who, what, amount } of steps) {
            const process = all[who] as TestProcess;
            if (what === 'restart') all[who] = begin();
            if (what === 'restart') (all[who] as TestProcess).pass(nowMs);
            if (what === 'jump') memory.nowMs += (amount - 45) * 2 * MINUTE;
            if (what === 'fail') process.failure = amount > 45 ? new Error('away') : undefined;
            if (what === 'away') memory.failure = amount > 45 ? new Error('away') : undefined;
            if (what === 'pass') {
              nowMs += amount * MINUTE;
              pass(amount * MINUTE, ...all);
            }
            if (what !== 'take' && what !== 'large') continue;
            const bytes = what === 'large' ? Math.min(maxBytes, amount * 50) : 1;
            const grant = await process.take(bytes).catch(() => undefined);
            if (grant === undefined) continue;
            const name = nameOf(grant.key);
            const sum = granted.get(name) ?? { messages: 0, bytes: 0, bornMs: nowMs };
            sum.messages += grant.messages;
            sum.bytes += grant.bytes;
            granted.set(name, sum);
            expect(grant.bytes).toBeGreaterThanOrEqual(bytes);
            expect(sum.messages).toBeLessThanOrEqual(maxMessages);
            expect(sum.bytes).toBeLessThanOrEqual(maxBytes);
            // Whatever the store's clock does, no process takes a key that is past its last hour.
            expect(nowMs - sum.bornMs).toBeLessThan(24 * HOUR + 10 * MINUTE);
            expect(grant.ageMs).toBeLessThan(24 * HOUR);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('of a fleet of 2,000 that only starts leave most of the key', async () => {
    const all = Array.from({ length: 2_000 }, () => start());
    await all[0]?.take();
    for (const process of all.slice(1)) await process.take();
    expect(all.flatMap(({ made }) => made)).toHaveLength(1);
    expect(memory.newest.taken.messages).toBe(2_000 * 64);
  });

  it('are taken in larger parts by who comes again soon, up to a 64th', async () => {
    const one = start();
    const sizes: number[] = [];
    for (let count = 0; count < 12; count++) {
      sizes.push((await one.take()).messages);
      pass(5_000, one);
    }
    expect(sizes.slice(0, 4)).toEqual([64, 128, 256, 512]);
    expect(Math.max(...sizes)).toBe(2 ** 14);
  });
});
