/** A duration as Temporal takes it: text such as `'1h'` or `'30 minutes'`, or a number of milliseconds. */
export type Duration = string | number;
