/**
 * The size class that a length belongs to by Padmé: what follows the leading bits of its floating-point form
 * is rounded up, so that a size tells O(log log) bits of a length and is at most 12 % larger.
 *
 * Nikitin, Barman, Lueks, Underwood, Hubaux, Ford: Reducing Metadata Leakage from Encrypted Files and
 * Communication with PURBs. PoPETs 2019(4), §4.
 *
 * @param length below 2^31
 * @returns `length` or more
 */
export function padmeSize(length: number): number {
  if (length < 2) return length;
  const exponent = 31 - Math.clz32(length);
  const keptBits = 32 - Math.clz32(exponent);
  const step = 2 ** (exponent - keptBits);
  return Math.ceil(length / step) * step;
}

/**
 * The smallest size class that a format can fill a length up to.
 *
 * @param canFill whether the format has a filler of so many bytes
 */
export function paddedSize(length: number, canFill: (bytes: number) => boolean): number {
  let size = padmeSize(length);
  while (!canFill(size - length)) size = padmeSize(size + 1);
  return size;
}
