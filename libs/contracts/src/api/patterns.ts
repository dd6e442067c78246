import { Type } from 'typebox';

/* The title of a pattern says in words what a text must be; a refusal repeats it. */

const list = (item: string): string => `^(?:${item})(?: *, *(?:${item}))*$`;

/** A parameter that holds one or more of `values`, separated by commas; spaces around a comma do not count. */
export const oneOrMoreOf = (values: readonly string[], more = '') =>
  Type.String({
    pattern: list(values.join('|')),
    title: `one or more of ${values.join(', ')}, separated by commas`,
    description: `One or more of ${values.join(', ')}, separated by commas.${more}`,
  });

/** A parameter that holds up to a hundred names of one syntax, separated by commas; `title` says in words what they are. */
export const namesOf = (item: string, title: string) =>
  Type.String({
    pattern: `^(?:${item})(?: *, *(?:${item})){0,99}$`,
    title: `${title}, several (up to 100) separated by commas`,
    description: `${title[0]?.toUpperCase() ?? ''}${title.slice(1)}; several (up to 100) separated by commas, any of them.`,
  });

/* How Kubernetes spells kinds, groups and types: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export const KIND = '[A-Za-z][A-Za-z0-9-]{0,62}';
export const GROUP = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?';
export const GROUP_RESOURCE = GROUP;

/* The syntax of labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LABEL_NAME = '[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?';
const LABEL_PREFIX = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/';

/** Labels that must all hold: `key` or `key=value`, separated by commas. */
export const labelSelector = Type.String({
  pattern: list(`(?:${LABEL_PREFIX})?${LABEL_NAME}(?:=(?:${LABEL_NAME})?)?`),
  title: 'key or key=value, several separated by commas',
  description: '`key` or `key=value`, several separated by commas (all must hold).',
});

const SEPARATOR = '\\u0000-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u007f';

/**
 * Words that something is found by: at least one, or nothing at all. What separates them is all of ASCII but letters and digits, so a text of
 * separators only would name nothing and let everything through. U+0000 is in no text of a parameter. Means the same to JavaScript and to
 * Python, whose white space differ.
 */
export const wordsUpTo = (maxLength: number, description: string) =>
  Type.String({
    maxLength,
    pattern: `^(?:[\\t-\\r ]*|[^\\u0000]*[^${SEPARATOR}][^\\u0000]*)$`,
    title: `a text with a letter or a digit, of up to ${maxLength} characters`,
    description,
  });

/** A trace id as it is written in `traceparent`, or the same as a UUID; all zeros is none. */
export const traceId = Type.String({
  pattern: '^(?![0-]+$)(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$',
  title: '32 hex digits, or the same as a UUID',
  description: '32 hex digits, or the same as a UUID.',
});
