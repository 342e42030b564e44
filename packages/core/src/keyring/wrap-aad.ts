/** The additional authenticated data of every wrap and unwrap (docs/spec/envelope.md §3.4). */
export const WRAP_AAD: Uint8Array = Buffer.from('waxseal/v1/data-key', 'ascii');
