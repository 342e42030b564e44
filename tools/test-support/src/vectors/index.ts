// Writers and readers of the test vectors (docs/spec/vectors), independent of the code under test.
export { bytes } from './bytes';
export { protobuf } from './protobuf';
export { DATA_KEY_AAD, localWrap } from './local-wrap';
export { type WrittenEntry, writeContext } from './write-context';
export {
  type WrittenWrappedKey,
  type EnvelopeParts,
  type WrittenEnvelope,
  writeEnvelope,
} from './write-envelope';
export { payloadFromVector } from './payload-from-vector';
export { vectorOfPayload } from './vector-of-payload';
export {
  type Base64,
  type VectorPayload,
  type VectorReader,
  type Vector,
  type ValidVector,
  type PassedOnVector,
  type InvalidVector,
} from './vector';
export { readVectors } from './read-vectors';
export { VECTORS_DIRECTORY } from './vectors-directory';
