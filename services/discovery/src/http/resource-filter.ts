import { RESOURCE_KINDS, type ResourceListQuery } from '@mooring/contracts';
import { Problem } from '@mooring/service-host';
import type { LabelSelector, ResourceFilter } from '../adapters/resource-queries.ts';

/** A key as Kubernetes has them: an optional DNS prefix and a name. */
const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

const invalid = (parameter: string, detail: string): Problem =>
  new Problem(400, 'invalid-request', 'The request is not as this operation wants it', {
    detail: `${parameter}: ${detail}`,
    errors: [{ parameter, detail }],
  });

const partsOf = (text: string): readonly string[] => text.split(',').map((part) => part.trim());

function readKinds(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const kinds = partsOf(text);
  const unknown = kinds.filter((kind) => !(RESOURCE_KINDS as readonly string[]).includes(kind));
  if (unknown.length > 0)
    throw invalid('kind', `"${unknown.join('", "')}" is no kind here; allowed are ${RESOURCE_KINDS.join(', ')}`);
  return kinds;
}

function readLabel(text: string): LabelSelector {
  const [key = '', ...rest] = text.split('=');
  if (!LABEL_KEY.test(key)) throw invalid('label', `"${text}" is neither key nor key=value`);
  return rest.length === 0 ? { key } : { key, value: rest.join('=') };
}

/** What a caller of the list wants. Throws a 400 that names the parameter and what is allowed. */
export function readResourceFilter(query: ResourceListQuery): ResourceFilter {
  const { connectionId, clusterUid, kind, namespace, name, label } = query;
  for (const [parameter, text] of Object.entries({ clusterUid, namespace, name, label }))
    if (text?.includes('\u0000') === true) throw invalid(parameter, 'it holds a character that no name has');
  return {
    kinds: readKinds(kind),
    labels: label === undefined ? [] : partsOf(label).map(readLabel),
    ...(connectionId === undefined ? {} : { connectionId }),
    ...(clusterUid === undefined ? {} : { clusterUid }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}
