const PARTS = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Whether a number in JSON is the shortest decimal of some double, so that two of them compare as their texts would. */
export function isExactNumber(text: string): boolean {
  const written = String(Number(text));
  return written === text || normalForm(text) === normalForm(written);
}

/** Significant digits and the power of ten of the last of them, without sign; `0` for zero and infinity. */
function normalForm(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
  const all = whole + fraction;
  let from = 0;
  while (all[from] === '0') from++;
  let to = all.length;
  while (to > from && all[to - 1] === '0') to--;
  if (from === to) return '0';
  return `${all.slice(from, to)}e${String(Number(exponent) - fraction.length + all.length - to)}`;
}
