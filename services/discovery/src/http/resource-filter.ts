import type { ResourceFacet, ResourceFacetsQuery, ResourceListQuery, ResourceState } from '@mooring/contracts';
import { Problem } from '@mooring/service-host';
import type { LabelSelector, ResourceFilter } from '../domain/resource-search.ts';
import { wordsOf } from '../domain/terms.ts';

const partsOf = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : text.split(',').map((part) => part.trim());

/** `labelSelector` has checked it: neither part holds a `=`. */
function readLabel(text: string): LabelSelector {
  const [key = '', value] = text.split('=');
  return value === undefined ? { key } : { key, value };
}

const NO_WORD = 'must hold a letter or a digit: what separates words finds nothing by itself';

/** Throws a 400 {@link Problem} for texts that ask for something and have no word: they would let everything through. */
function checkWords(texts: Readonly<Record<string, string | undefined>>): void {
  const errors = Object.entries(texts)
    .filter(([, text = '']) => text.trim() !== '' && wordsOf(text).length === 0)
    .map(([parameter]) => ({ parameter, detail: NO_WORD }));
  if (errors.length === 0) return;
  throw new Problem(400, 'invalid-request', 'The request is not as this operation wants it', {
    detail: errors.map(({ parameter, detail }) => `${parameter} ${detail}`).join('; '),
    errors,
  });
}

/**
 * What a caller wants, from parameters that fit their schema. A blank `q` or `image` asks for nothing; one that has characters but no word is a 400
 * {@link Problem}.
 */
export function readResourceFilter(query: ResourceListQuery | ResourceFacetsQuery): ResourceFilter {
  const { connectionId, clusterUid, namespace, name, q, image, node, owner } = query;
  checkWords({ q, image });
  return {
    types: partsOf(query.type),
    kinds: partsOf(query.kind),
    groups: partsOf(query.group),
    labels: partsOf(query.label).map(readLabel),
    states: partsOf(query.state) as readonly ResourceState[],
    ...(connectionId === undefined ? {} : { connectionId: connectionId.toLowerCase() }),
    ...(clusterUid === undefined ? {} : { clusterUid }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(q === undefined ? {} : { text: q }),
    ...(image === undefined ? {} : { image }),
    ...(node === undefined ? {} : { node }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** What to count by; all of them when nothing is said. */
export const readFacets = ({ by }: ResourceFacetsQuery, all: readonly ResourceFacet[]): readonly ResourceFacet[] =>
  by === undefined ? all : all.filter((facet) => partsOf(by).includes(facet));
