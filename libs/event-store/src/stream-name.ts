/** What a stream name says: `<category>-<id>`, the category without a dash. */
export interface StreamName {
  readonly category: string;
  readonly id: string;
}

const CATEGORY = /^[a-z][A-Za-z0-9_]*$/;
const ID = /^[A-Za-z0-9_-]+$/;

/** The stream of one aggregate. Throws on a category or id that is not plain ASCII: some servers cannot name such streams in an error. */
export function streamNameOf(category: string, id: string): string {
  if (!CATEGORY.test(category)) throw new Error(`"${category}" is no category: letters, digits and _ only`);
  if (!ID.test(id)) throw new Error(`"${id}" cannot name a stream: letters, digits, - and _ only`);
  return `${category}-${id}`;
}

/** The prefix under which all streams of a category are followed. */
export const categoryPrefix = (category: string): string => streamNameOf(category, '_').slice(0, -1);

/** Splits at the first dash; `undefined` for a name that no aggregate of ours has. */
export function parseStreamName(streamName: string): StreamName | undefined {
  const dash = streamName.indexOf('-');
  if (dash <= 0 || dash === streamName.length - 1) return undefined;
  return { category: streamName.slice(0, dash), id: streamName.slice(dash + 1) };
}
