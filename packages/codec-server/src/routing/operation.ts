/** What a client asks for: the last segment of the path. */
export type Operation = 'encode' | 'decode' | 'download';
