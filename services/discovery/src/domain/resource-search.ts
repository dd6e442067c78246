import type { ResourceState } from '@mooring/contracts';
import {
  connectionTerm,
  imageTerm,
  labelTerm,
  namespaceTerm,
  nodeTerm,
  ownerTerm,
  typeTerm,
  wordsOf,
} from './terms.ts';

/** One condition on the labels; without a value any will do. */
export interface LabelSelector {
  readonly key: string;
  readonly value?: string;
}

/** What somebody asks for; all of it must hold, and of a list any. Empty lists restrict nothing. */
export interface ResourceFilter {
  readonly connectionId?: string;
  readonly clusterUid?: string;
  readonly types: readonly string[];
  readonly kinds: readonly string[];
  /** `core` is the one without a name. */
  readonly groups: readonly string[];
  readonly namespace?: string;
  /** Part of the name; letters count alike in either case. */
  readonly name?: string;
  /** All of them. */
  readonly labels: readonly LabelSelector[];
  /** Words of name, labels and images, in any order. */
  readonly text?: string;
  readonly image?: string;
  readonly node?: string;
  readonly owner?: string;
  readonly states: readonly ResourceState[];
}

/** A term to be found, whole or as the beginning of one. */
export interface Operand {
  readonly term: string;
  readonly prefix: boolean;
}

/** A filter after clusters, kinds and groups were looked up. */
export interface Search {
  /** Absent: all. */
  readonly connectionIds?: readonly string[];
  /** Absent: all. */
  readonly types?: readonly string[];
  readonly namespace?: string;
  readonly states: readonly ResourceState[];
  readonly name?: string;
  /** All of them. */
  readonly operands: readonly Operand[];
}

/** A shorter word must be whole: too many words begin with two letters to look at them all. */
const PREFIX_CHARACTERS_MIN = 3;

const wordOperand = (word: string, term: string): Operand => ({ term, prefix: word.length >= PREFIX_CHARACTERS_MIN });
const exactly = (term: string): Operand => ({ term, prefix: false });

/** The terms that must all be there for what is asked in text, image, labels, node and owner. Without any word in it a text restricts nothing: its schema lets none through but a blank one. */
export function operandsOf({ text = '', image = '', labels, node, owner }: ResourceFilter): readonly Operand[] {
  return [
    ...wordsOf(text).map((word) => wordOperand(word, word)),
    ...wordsOf(image).map((word) => wordOperand(word, imageTerm(word))),
    ...labels.map(({ key, value }) => exactly(labelTerm(key, value))),
    ...(node === undefined ? [] : [exactly(nodeTerm(node))]),
    ...(owner === undefined ? [] : [exactly(ownerTerm(owner))]),
  ];
}

/** How frequent terms are, as the database estimates it; 0 to 1. */
export interface TermStatistics {
  readonly rows: number;
  share(operand: Operand): number;
  /** Of objects with a word that has this in it. */
  shareOfPart(part: string): number;
}

/** Operands of which any must be there; all of several such must hold. */
export type Clauses = readonly (readonly Operand[])[];

/**
 * - `walk`: along an index in the order of the list, leaving out what does not fit; right when everything fits, or much of it.
 * - `gather`: first what fits, by the index of terms, then in order; right when little fits.
 */
export type Plan =
  { readonly way: 'walk' } | { readonly way: 'gather'; readonly clauses: Clauses; readonly byName: boolean };

/** A term of more objects than this is not looked up: going through its list takes longer than looking at what the others find. */
const COMMON_SHARE = 0.03;
/** Rows that are looked at to gather what fits; where more are expected, a walk meets what fits often. */
export const GATHERED_MAX = 3_000;
/** And so long may the list of the rarest term be: it is gone through whole. */
const TERM_ROWS_MAX = 20_000;
/** Trigrams find no shorter part of a name. */
const PART_CHARACTERS_MIN = 3;

function clausesOf({ connectionIds, types, namespace, operands }: Search): Clauses {
  return [
    ...operands.map((operand) => [operand]),
    ...(connectionIds === undefined ? [] : [connectionIds.map((id) => exactly(connectionTerm(id)))]),
    ...(types === undefined ? [] : [types.map((type) => exactly(typeTerm(type)))]),
    ...(namespace === undefined ? [] : [[exactly(namespaceTerm(namespace))]]),
  ];
}

/** Nothing but what one index has in the list's order: see {@link walkedBy}. */
function isOrdered(search: Search): boolean {
  const { connectionIds, namespace, states, name, operands } = search;
  if (name !== undefined || operands.length > 0) return false;
  const walked = walkedBy(search);
  return (
    (connectionIds === undefined || walked === 'connection') &&
    (namespace === undefined || walked === 'namespace') &&
    (states.length === 0 || walked === 'state')
  );
}

/** What is fixed while a list is walked; types may be restricted beside it. */
export type Walked = 'connection' | 'namespace' | 'state' | 'nothing';

export function walkedBy({ connectionIds, namespace, states }: Search): Walked {
  if (connectionIds?.length === 1) return 'connection';
  if (namespace !== undefined) return 'namespace';
  return states.length === 1 ? 'state' : 'nothing';
}

/** Whether a walk leaves anything out. */
export const leavesOut = (search: Search): boolean => !isOrdered(search);

/** How to find what is searched for. A wrong estimate makes it slower, never wrong. */
export function planOf(search: Search, statistics: TermStatistics): Plan {
  if (isOrdered(search)) return { way: 'walk' };
  const { clauses, byName, expected } = lookUpOf(search, statistics);
  return expected > GATHERED_MAX ? { way: 'walk' } : { way: 'gather', clauses, byName };
}

/** How to count what is searched for: as far as can be looked at, and rather anywhere than at the beginning of the list. */
export function countingPlanOf(search: Search, statistics: TermStatistics): Plan {
  const { clauses, byName, expected } = lookUpOf(search, statistics);
  return expected > TERM_ROWS_MAX ? { way: 'walk' } : { way: 'gather', clauses, byName };
}

interface LookUp {
  readonly clauses: Clauses;
  readonly byName: boolean;
  /** Rows that are found. */
  readonly expected: number;
}

function lookUpOf(search: Search, statistics: TermStatistics): LookUp {
  const { rows } = statistics;
  const rated = clausesOf(search)
    .map((clause) => ({ clause, share: clause.reduce((sum, operand) => sum + statistics.share(operand), 0) }))
    .sort((a, b) => a.share - b.share);
  const rare = rated.filter(
    (each, index) => each.share <= COMMON_SHARE || (index === 0 && each.share * rows <= TERM_ROWS_MAX),
  );
  const part = search.name?.toLowerCase() ?? '';
  const partShare = part.length >= PART_CHARACTERS_MIN ? statistics.shareOfPart(part) : 1;
  const byName = partShare <= COMMON_SHARE;
  return {
    clauses: rare.map(({ clause }) => clause),
    byName,
    expected: rare.reduce((product, each) => product * each.share, rows) * (byName ? partShare : 1),
  };
}
