/** The parts of a key ARN. */
export interface KmsKeyArn {
  readonly text: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** UUID, or `mrk-` and 32 hexadecimal digits for a multi-region key. */
  readonly keyId: string;
}

const KEY_ARN = /^arn:(aws[a-z-]{0,20}):kms:([a-z0-9-]{1,32}):(\d{12}):key\/([A-Za-z0-9-]{1,128})$/;

/** Reads a key ARN; `undefined` for anything else. Compares and resolves nothing. */
export function parseKmsKeyArn(text: unknown): KmsKeyArn | undefined {
  if (typeof text !== 'string') return undefined;
  const [, partition, region, account, keyId] = KEY_ARN.exec(text) ?? [];
  if (partition === undefined || region === undefined || account === undefined || keyId === undefined) {
    return undefined;
  }
  return { text, partition, region, account, keyId };
}

/** Whether both name the same key: the same ARN, or replicas of one multi-region key. */
export function isSameKmsKey(a: KmsKeyArn, b: KmsKeyArn): boolean {
  return (
    a.partition === b.partition &&
    a.account === b.account &&
    a.keyId === b.keyId &&
    (a.region === b.region || a.keyId.startsWith('mrk-'))
  );
}

/** One of the four ways in which AWS KMS takes a key. */
export type KmsKeyReference =
  | { readonly kind: 'key-arn'; readonly text: string; readonly arn: KmsKeyArn }
  | { readonly kind: 'key-id'; readonly text: string }
  | {
      readonly kind: 'alias-arn';
      readonly text: string;
      readonly partition: string;
      readonly region: string;
      readonly account: string;
    }
  | { readonly kind: 'alias-name'; readonly text: string };

const UUID_OR_MRK = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;
const ALIAS_NAME = /^alias\/[A-Za-z0-9/_-]{1,250}$/;
const ALIAS_ARN = /^arn:(aws[a-z-]{0,20}):kms:([a-z0-9-]{1,32}):(\d{12}):(alias\/[A-Za-z0-9/_-]{1,250})$/;

/** Reads what a user configured; `undefined` when it is none of the four. */
export function parseKmsKeyReference(text: unknown): KmsKeyReference | undefined {
  if (typeof text !== 'string') return undefined;
  const arn = parseKmsKeyArn(text);
  if (arn !== undefined) return { kind: 'key-arn', text, arn };
  if (UUID_OR_MRK.test(text)) return { kind: 'key-id', text };
  if (ALIAS_NAME.test(text)) return { kind: 'alias-name', text };
  const [, partition, region, account] = ALIAS_ARN.exec(text) ?? [];
  if (partition === undefined || region === undefined || account === undefined) return undefined;
  return { kind: 'alias-arn', text, partition, region, account };
}

/**
 * Whether the key of that ARN can be the one that `reference` names. Exact for a key ARN and, within an
 * account, for a key ID; for an alias it tells what cannot be, since only the service knows where an alias
 * points.
 */
export function canReferTo(reference: KmsKeyReference, arn: KmsKeyArn): boolean {
  switch (reference.kind) {
    case 'key-arn':
      return isSameKmsKey(reference.arn, arn);
    case 'key-id':
      return reference.text === arn.keyId;
    case 'alias-arn':
      return (
        reference.partition === arn.partition &&
        reference.account === arn.account &&
        (reference.region === arn.region || arn.keyId.startsWith('mrk-'))
      );
    case 'alias-name':
      return true;
  }
}
