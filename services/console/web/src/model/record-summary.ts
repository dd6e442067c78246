const said = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? undefined : String(value.length);
  return undefined;
};

const spaced = (key: string): string => key.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();

export const RECORD_FACTS_MAX = 4;

/** The first few plain facts of a resource's record, for one line: `phase Running · node worker-3`. Lists are given by their length. */
export const recordSummary = (record: Readonly<Record<string, unknown>>): string =>
  Object.entries(record)
    .flatMap(([key, value]) => {
      const text = said(value);
      return text === undefined ? [] : [`${spaced(key)} ${text}`];
    })
    .slice(0, RECORD_FACTS_MAX)
    .join(' · ');
