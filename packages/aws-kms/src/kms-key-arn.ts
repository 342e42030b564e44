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
