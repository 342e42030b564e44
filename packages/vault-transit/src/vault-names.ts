/** A Transit key's name, as the engine's own routes take it. */
export const KEY_NAME = /^\w(?:[\w.-]{0,254}\w)?$/;
export const KEY_NAME_IS = 'letters, digits, "_", "-" and ".", not beginning or ending with "-" or "."';

/** A mount path or namespace: segments that can stand in a URL as they are, none of them `.` or `..`. */
export const PATH = /^(?!.{513})[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;
export const PATH_IS = 'a path of letters, digits, "_", "-" and ".", such as "transit" or "team/transit"';

/** What can stand in a header or a JSON field as a credential. */
export const CREDENTIAL = /^[\x21-\x7e]{1,8192}$/;
export const CREDENTIAL_IS = 'a text without spaces or line ends; read it from a secret store and trim it';
