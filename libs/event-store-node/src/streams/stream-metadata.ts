/** Who may do what with a stream: by right, names of users and groups. A right that is missing is left to the defaults. */
export type StreamAcl = Readonly<Partial<Record<StreamRight, readonly string[]>>>;

/** Read, write, delete, and read and write the metadata. */
export type StreamRight = '$r' | '$w' | '$d' | '$mr' | '$mw';

/** What a stream's metadata means. Custom keys are stored but mean nothing here. */
export interface StreamMetadata {
  readonly acl?: StreamAcl;
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
  readonly truncateBefore?: number;
  /** `$tb` is the highest revision there can be: the stream was deleted, but may come back. */
  readonly softDeleted: boolean;
}

/** `$tb` of a soft-deleted stream, which no JavaScript number holds exactly. */
export const SOFT_DELETED_JSON = '{"$tb":9223372036854775807}';
const HIGHEST_REVISION = 2 ** 63;

const NONE: StreamMetadata = { softDeleted: false };
/** A metastream keeps one event, whatever its own metadata says. */
const OF_A_METASTREAM: StreamMetadata = { maxCount: 1, softDeleted: false };

export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
export const metastreamOf = (stream: string): string => `$$${stream}`;
export const originalOf = (metastream: string): string => metastream.slice(2);

const integerFrom = (value: unknown, lowest: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= HIGHEST_REVISION;

const isRoles = (value: unknown): boolean =>
  typeof value === 'string' || (Array.isArray(value) && value.every((role) => typeof role === 'string'));

/** One role may be written without its list. */
export function toAcl(value: unknown): StreamAcl {
  if (!isAcl(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([right, roles]) => [right, [roles].flat()]));
}

const isAcl = (value: unknown): value is Readonly<Record<string, string | readonly string[]>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isRoles);

const RULES: Readonly<Record<string, (value: unknown) => boolean>> = {
  $maxCount: (value) => integerFrom(value, 1),
  $maxAge: (value) => integerFrom(value, 1),
  $tb: (value) => integerFrom(value, 0),
  $cacheControl: (value) => integerFrom(value, 1),
  $acl: isAcl,
};

/** The JSON object in the text, or nothing if it is not one. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}

/** Never fails: one field of a wrong type or out of range makes the whole metadata mean nothing, as in EventStoreDB. */
export function parseStreamMetadata(stream: string, text: string | undefined): StreamMetadata {
  if (isMetastream(stream)) return OF_A_METASTREAM;
  const fields = text === undefined ? undefined : parseObject(text);
  if (fields === undefined) return NONE;
  if (Object.entries(RULES).some(([name, isValid]) => name in fields && !isValid(fields[name]))) return NONE;
  const number = (name: string): number | undefined => (typeof fields[name] === 'number' ? fields[name] : undefined);
  const [maxCount, maxAgeSeconds, truncateBefore] = [number('$maxCount'), number('$maxAge'), number('$tb')];
  return {
    ...('$acl' in fields ? { acl: toAcl(fields['$acl']) } : {}),
    ...(maxCount === undefined ? {} : { maxCount }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(truncateBefore === undefined ? {} : { truncateBefore }),
    softDeleted: truncateBefore === HIGHEST_REVISION,
  };
}

/** The metadata with `$tb` replaced and every other key kept; from nothing usable, `$tb` alone. */
export const withTruncateBefore = (text: string | undefined, revision: number): string =>
  JSON.stringify({ ...(text === undefined ? {} : parseObject(text)), $tb: revision });

export interface VisibleRange {
  /** The lowest revision a read shows; may lie beyond the last event. */
  readonly firstRevision: number;
  /** Events from before this moment (microseconds since the Unix epoch) are not shown. */
  readonly createdFromUs: number;
}

/** What a read of the stream shows at `nowUs`, given its last revision. Events outside stay in `$all` until a scavenge. */
export function visibleRange(metadata: StreamMetadata, lastRevision: number, nowUs: number): VisibleRange {
  const byCount = metadata.maxCount === undefined ? 0 : lastRevision - metadata.maxCount + 1;
  return {
    firstRevision: Math.max(0, byCount, metadata.truncateBefore ?? 0),
    createdFromUs: metadata.maxAgeSeconds === undefined ? 0 : nowUs - metadata.maxAgeSeconds * 1_000_000,
  };
}
