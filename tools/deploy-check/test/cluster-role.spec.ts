import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BASIC_TYPES, RECORD_TYPES } from '@mooring/cluster-watch';
import { checkoutFolder } from '@mooring/engines';
import { parseAllDocuments } from 'yaml';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly rules?: readonly Rule[];
  readonly [more: string]: unknown;
}

const read = (name: string): readonly Manifest[] =>
  parseAllDocuments(readFileSync(join(checkoutFolder(), 'infra/kubernetes', name), 'utf8')).map(
    (document) => document.toJS() as Manifest,
  );

/** Every single right, as `verb group-resource[/name]`, each as often as it is given. */
const rightsOf = (documents: readonly Manifest[]): readonly string[] =>
  documents
    .flatMap(({ rules = [] }) => rules)
    .flatMap(({ apiGroups, resources, resourceNames = [''], verbs }) =>
      verbs.flatMap((verb) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            resourceNames.map(
              (name) => `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === '' ? '' : `/${name}`}`,
            ),
          ),
        ),
      ),
    )
    .sort();

/** What tells which types there are. */
const SENSED = ['customresourcedefinitions.apiextensions.k8s.io', 'apiservices.apiregistration.k8s.io'];
const namesOf = (documents: readonly Manifest[]): readonly string[] =>
  documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const account = { kind: 'ServiceAccount', name: 'mooring-reader', namespace: 'mooring' };

describe('the role for every cluster', () => {
  const documents = read('mooring-reader.yaml');

  it('holds exactly what the code asks for: list and watch of the types that have a record, and who the cluster is', () => {
    const asked = [...RECORD_TYPES, ...SENSED].flatMap((type) => [`list ${type}`, `watch ${type}`]);
    expect(rightsOf(documents)).toEqual([...asked, 'get namespaces/kube-system'].sort());
    expect(RECORD_TYPES).toEqual(expect.arrayContaining(BASIC_TYPES.map(({ groupResource }) => groupResource)));
  });

  it('is what everything else in its manifest leads to', () => {
    expect(namesOf(documents)).toEqual([
      'ClusterRole mooring-reader',
      'Namespace mooring',
      'ServiceAccount mooring-reader',
      'ClusterRoleBinding mooring-reader',
    ]);
    expect(documents[2]).toMatchObject({ automountServiceAccountToken: false });
    expect(documents[3]).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'mooring-reader' },
      subjects: [account],
    });
  });
});

describe('the role for more', () => {
  const documents = read('mooring-reader-more.yaml');

  it('adds types one by one, to list and watch, and none of those that the first has', () => {
    const rights = rightsOf(documents);
    expect(rights.every((right) => /^(list|watch) [a-z.0-9]+$/.test(right))).toBe(true);
    expect(new Set([...rights, ...rightsOf(read('mooring-reader.yaml'))]).size).toBe(
      rights.length + rightsOf(read('mooring-reader.yaml')).length,
    );
  });

  it('is made of every role with its label, and bound to the same account', () => {
    expect(namesOf(documents)).toEqual([
      'ClusterRole mooring-reader-more',
      'ClusterRoleBinding mooring-reader-more',
      'ClusterRole mooring-reader-kubernetes',
    ]);
    const matchLabels = documents[2]?.metadata.labels;
    expect(documents[0]).toMatchObject({ rules: [], aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } });
    expect(documents[1]).toMatchObject({ roleRef: { name: 'mooring-reader-more' }, subjects: [account] });
  });
});

it('neither of them gives secrets, config maps, events, leases, subresources or anything to write', () => {
  const rights = rightsOf([...read('mooring-reader.yaml'), ...read('mooring-reader-more.yaml')]);
  for (const right of rights.filter((each) => each !== 'get namespaces/kube-system'))
    expect(right).not.toMatch(/ (secrets|configmaps|events|leases)(\.|$)|[/*]|^(?!list |watch )/);
});

it('the role for everything says what it is, and is bound to the same account', () => {
  const documents = read('mooring-reader-everything.yaml');
  expect(rightsOf(documents)).toEqual(['list *.*', 'watch *.*']);
  expect(documents[1]).toMatchObject({ roleRef: { name: 'mooring-reader-everything' }, subjects: [account] });
});
