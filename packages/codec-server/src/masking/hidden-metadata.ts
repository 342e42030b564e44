/** Metadata entry by which a program tells a payload that is hidden whole from data: the reason. */
export const HIDDEN_METADATA = 'waxseal-hidden';
