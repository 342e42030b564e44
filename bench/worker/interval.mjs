/** How well a ratio is known. */

const SAMPLES = 1_000;

/**
 * @param {number[]} values one of each round
 * @param {number[]} base of the same rounds
 * @param {(numbers: number[]) => number} of what is compared: a median, or what was least disturbed
 * @returns {{ ratio: number, low: number, high: number }} the ratio, and its interval of 95 % by the bootstrap: rounds are drawn again
 *   and again, both sides of each together
 */
export function ratioWithInterval(values, base, of) {
  const ratios = Array.from({ length: SAMPLES }, () => {
    const drawn = values.map(() => Math.floor(Math.random() * values.length));
    return of(drawn.map((round) => values[round])) / of(drawn.map((round) => base[round]));
  }).sort((a, b) => a - b);
  const at = (share) => ratios[Math.round(share * (SAMPLES - 1))];
  return { ratio: of(values) / of(base), low: at(0.025), high: at(0.975) };
}
