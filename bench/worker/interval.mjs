/** How well a median is known. */

/**
 * @param {number[]} values of independent rounds
 * @returns {{ median: number, low: number, high: number }} the median, and its interval of 95 % by order statistics
 *   (binomial distribution, by its normal approximation)
 */
export function medianWithInterval(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const reach = 0.98 * Math.sqrt(sorted.length);
  const middle = (sorted.length - 1) / 2;
  const at = (index) => sorted[Math.min(sorted.length - 1, Math.max(0, index))];
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    low: at(Math.floor(middle - reach)),
    high: at(Math.ceil(middle + reach)),
  };
}
