import type { ListenFlags } from './listen-options';

/** Options of the command line on what is served. */
export interface ServeFlags extends ListenFlags {
  readonly allowOrigin?: readonly string[];
  readonly allowCredentials?: true;
  readonly allowEncode?: true;
  readonly defaultNamespace?: string;
  readonly basePath?: string;
  readonly audit?: string;
  readonly metrics?: true;
}
