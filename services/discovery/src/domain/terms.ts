import type { GroupResource, RecordBase } from '@mooring/cluster-watch';

/*
 * The terms of an object are what it is found by. The first letters say what a term is; words have no `!`:
 *   checkout            a word of its name, labels or images, in small letters
 *   i!checkout          a word of an image
 *   l!app  l!app=shop   a label
 *   n!worker-3  o!UID   the node it runs on, its owner
 *   t!pods  s!shop  c!CONNECTION   its type, namespace (`s!`: none) and connection, so that they can be combined with the others
 */

/** A term longer than this is cut: PostgreSQL takes 2046 bytes, and no text of a cluster that somebody asks for is as long. */
const TERM_CHARACTERS_MAX = 400;
/** An object may say what it likes; what comes after these is not found by. */
const LABELS_MAX = 1_000;
const IMAGES_MAX = 100;
/** All terms of an object together: a tsvector is 1 MB at the most, and a character up to three bytes. */
const CHARACTERS_MAX = 250_000;

/** What separates words in names, labels and images: everything in ASCII but letters and digits. */
// eslint-disable-next-line no-control-regex -- control characters separate too
const SEPARATORS = /[\u0000-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f]+/;

/** The words of a text in small letters, in order. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(SEPARATORS)
    .filter((word) => word !== '')
    .map(cut);

const cut = (term: string): string => term.slice(0, TERM_CHARACTERS_MAX);

export const labelTerm = (key: string, value?: string): string =>
  cut(value === undefined ? `l!${key}` : `l!${key}=${value}`);
export const imageTerm = (word: string): string => cut(`i!${word}`);
export const nodeTerm = (name: string): string => cut(`n!${name}`);
export const ownerTerm = (uid: string): string => cut(`o!${uid}`);
export const typeTerm = (type: GroupResource): string => cut(`t!${type}`);
export const namespaceTerm = (namespace: string): string => cut(`s!${namespace}`);
export const connectionTerm = (connectionId: string): string => `c!${connectionId}`;

/** Of a key like `app.kubernetes.io/name` only the name is a word: the rest is the same everywhere. */
const labelWords = ([key, value]: readonly [string, string]): readonly string[] => [
  ...wordsOf(key.slice(key.lastIndexOf('/') + 1)),
  ...wordsOf(value),
];

/**
 * Everything that an object is found by but {@link connectionTerm}, each once, in no order. Whoever changes what these are writes a migration:
 * rows are written again only when their objects change.
 */
export function termsOf(type: GroupResource, record: RecordBase): readonly string[] {
  const { name, namespace, labels, owner, otherOwners = [] } = record;
  const images = 'images' in record && Array.isArray(record.images) ? record.images : [];
  const imageWords = images.slice(0, IMAGES_MAX).flatMap((image) => (typeof image === 'string' ? wordsOf(image) : []));
  const known = Object.entries(labels).slice(0, LABELS_MAX);
  const terms = [
    typeTerm(type),
    namespaceTerm(namespace ?? ''),
    ...wordsOf(name),
    ...('node' in record && typeof record.node === 'string' ? [nodeTerm(record.node)] : []),
    ...[owner, ...otherOwners].flatMap((each) => (each === undefined ? [] : [ownerTerm(each.uid)])),
    ...imageWords.flatMap((word) => [word, imageTerm(word)]),
    ...known.flatMap(([key, value]) => [labelTerm(key), labelTerm(key, value)]),
    ...known.flatMap(labelWords),
  ];
  let left = CHARACTERS_MAX;
  return [...new Set(terms)].filter((term) => (left -= term.length) >= 0);
}
