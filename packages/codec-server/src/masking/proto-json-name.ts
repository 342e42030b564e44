/**
 * The JSON name that protobuf derives from a field's name, as `protoc` does it: underscores go, and the character after them
 * becomes a capital. What is such a name already stays.
 */
export function protoJsonName(name: string): string {
  return name.replace(/_+([^_]?)/gu, (_, next: string) => next.toUpperCase());
}
