import * as kms from '@aws-sdk/client-kms';
import {
  askFurther,
  type KeyHistory,
  type KeyId,
  type KeyRequestOptions,
  type KeyVersionHistory,
} from '@waxseal/core/provider';
import { askAwsKms, type AwsKmsClient } from './client';

/** What `DescribeKey` told already. */
interface Described {
  /** The key ARN: these requests take no alias. */
  readonly arn: string;
  readonly createdAt: Date | undefined;
  readonly deletedAt: Date | undefined;
}

const MOST_VERSIONS = 50;

/**
 * What AWS KMS records of a key: its rotation (`kms:GetKeyRotationStatus`), its generations of material
 * (`kms:ListKeyRotations`) and its last use (`kms:GetKeyLastUsage`, which the SDK has since 3.1161). A right
 * that is missing, an SDK that is older and a service that does not know a question are told in words.
 *
 * @param keyId for errors
 */
export async function historyOf(
  client: AwsKmsClient,
  keyId: KeyId,
  { arn: KeyId, createdAt, deletedAt }: Described,
  options: KeyRequestOptions | undefined,
): Promise<KeyHistory> {
  const untold: string[] = [];
  const ask = <T>(what: string, right: string, command: object): Promise<T | undefined> =>
    askFurther(what, right, untold, () =>
      askAwsKms(client, keyId, options, async (send) => (await send(command as never)) as T),
    );
  const { GetKeyLastUsageCommand } = kms as Partial<typeof kms>;
  const [status, list, usage] = await Promise.all([
    ask<kms.GetKeyRotationStatusResponse>(
      'automatic rotation',
      'kms:GetKeyRotationStatus',
      new kms.GetKeyRotationStatusCommand({ KeyId }),
    ),
    ask<kms.ListKeyRotationsResponse>(
      'versions',
      'kms:ListKeyRotations',
      // The service says nothing of their order.
      new kms.ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL', Limit: 1000 }),
    ),
    GetKeyLastUsageCommand === undefined
      ? undefined
      : ask<LastUsage>('the last use', 'kms:GetKeyLastUsage', new GetKeyLastUsageCommand({ KeyId })),
  ]);
  if (GetKeyLastUsageCommand === undefined) {
    untold.push('the last use: it needs @aws-sdk/client-kms 3.1161 or newer');
  }
  return {
    createdAt,
    deletedAt,
    rotation: status && rotationOf(status),
    ...(list && versionsOf(list, createdAt)),
    lastUse: usage && lastUseOf(usage),
    untold: untold.sort(),
  };
}

/** The members of the answer to `GetKeyLastUsage` that are used; older SDKs have no type of it. */
interface LastUsage {
  readonly KeyLastUsage?: { readonly Operation?: string; readonly Timestamp?: Date };
  readonly TrackingStartDate?: Date;
}

function lastUseOf({ KeyLastUsage: use, TrackingStartDate }: LastUsage): KeyHistory['lastUse'] {
  return {
    at: use?.Timestamp,
    ...(use?.Operation === undefined ? {} : { operation: use.Operation }),
    recordedSince: TrackingStartDate,
  };
}

function rotationOf(status: kms.GetKeyRotationStatusResponse): string {
  const { KeyRotationEnabled, RotationPeriodInDays: days, NextRotationDate: next } = status;
  if (KeyRotationEnabled !== true) return 'off';
  const period = days === undefined ? 'on' : `every ${String(days)} days`;
  return next === undefined ? period : `${period}, next on ${next.toISOString().slice(0, 10)}`;
}

/** @param createdAt of the key, and so of its first material, whose entry has no date */
function versionsOf(
  { Rotations = [], Truncated }: kms.ListKeyRotationsResponse,
  createdAt: Date | undefined,
): Pick<KeyHistory, 'versions' | 'hasMoreVersions'> {
  const versions = Rotations.flatMap((entry): readonly KeyVersionHistory[] => {
    const { KeyMaterialId: version, KeyMaterialState: state, RotationDate, ValidTo: endsAt } = entry;
    if (version === undefined) return [];
    const isFirst = RotationDate === undefined && !String(state).startsWith('PENDING');
    return [{ version, createdAt: isFirst ? createdAt : RotationDate, state, endsAt }];
  });
  const time = ({ createdAt: at }: KeyVersionHistory): number => at?.getTime() ?? Number.MAX_VALUE;
  const isCurrent = ({ state }: KeyVersionHistory): number => (state === 'CURRENT' ? 1 : 0);
  versions.sort((one, other) => time(other) - time(one) || isCurrent(other) - isCurrent(one));
  return {
    versions: versions.slice(0, MOST_VERSIONS),
    hasMoreVersions: Truncated === true || versions.length > MOST_VERSIONS,
  };
}
