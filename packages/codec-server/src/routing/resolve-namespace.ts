import { RequestError } from '../http/request-error';
import { isNamespace } from './is-namespace';
import { TEMPLATE } from './template';

/**
 * The namespace of a request: from the path, else from `X-Namespace`, else the configured default. An empty header counts
 * as absent, since the CLI (1.5.1) sends one when it is run without `--namespace`.
 *
 * @returns undefined when nothing names a namespace
 * @throws RequestError 400 when path and header differ, when the name cannot be one, or is a template's
 */
export function resolveNamespace(
  inPath: string | undefined,
  inHeader: string | undefined,
  byDefault: string | undefined,
): string | undefined {
  const header = inHeader?.trim() === '' ? undefined : inHeader?.trim();
  if (header === TEMPLATE) {
    throw new RequestError(
      400,
      'NAMESPACE_TEMPLATE',
      'X-Namespace is the literal {namespace}, which nothing has filled in. Leave it to the Web UI and the CLI, which set the header themselves.',
    );
  }
  if (inPath !== undefined && header !== undefined && inPath !== header) {
    throw new RequestError(
      400,
      'NAMESPACE_CONFLICT',
      'The path and the X-Namespace header name different namespaces. If the path has a prefix that is no namespace, configure it as the base path.',
    );
  }
  const namespace = inPath ?? header ?? byDefault;
  if (namespace !== undefined && !isNamespace(namespace)) {
    throw new RequestError(
      400,
      'INVALID_NAMESPACE',
      'The namespace is too long or holds control characters.',
    );
  }
  return namespace;
}
