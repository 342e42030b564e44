/** What somebody may do. */
export type Operation = 'encode' | 'decode' | 'download';

/** What a client asks for: the last segment of the path. Whoever may decode may inspect. */
export type Endpoint = Operation | 'inspect';
