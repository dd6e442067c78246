import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { BASIC_TYPES } from '@mooring/cluster-watch';
import { checkoutFolder } from '@mooring/engines';
import { parseAllDocuments } from 'yaml';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const manifest = readFileSync(join(checkoutFolder(), 'infra/kubernetes/mooring-reader.yaml'), 'utf8');

const rulesOf = (text: string): readonly Rule[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as { kind: string; rules?: readonly Rule[] })
    .flatMap(({ kind, rules }) => (kind === 'ClusterRole' ? (rules ?? []) : []));

/** Every single right, as `verb group/resource[/name]`. */
const rightsOf = (rules: readonly Rule[]): readonly string[] =>
  rules
    .flatMap(({ apiGroups, resources, resourceNames = [''], verbs }) =>
      verbs.flatMap((verb) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            resourceNames.map((name) => `${verb} ${group}/${resource}${name === '' ? '' : `/${name}`}`),
          ),
        ),
      ),
    )
    .sort();

it('the role holds exactly what the code asks for: list and watch of its kinds, and who the cluster is', () => {
  const asked = BASIC_TYPES.flatMap(({ group, resource }) =>
    ['list', 'watch'].map((verb) => `${verb} ${group}/${resource}`),
  );
  expect(rightsOf(rulesOf(manifest))).toEqual([...asked, 'get /namespaces/kube-system'].sort());
});

it('everything else in the manifest leads to that role', () => {
  const documents = parseAllDocuments(manifest).map((document) => document.toJS());
  expect(documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ClusterRole mooring-reader',
    'Namespace mooring',
    'ServiceAccount mooring-reader',
    'ClusterRoleBinding mooring-reader',
  ]);
  expect(documents[3]).toMatchObject({
    roleRef: { kind: 'ClusterRole', name: 'mooring-reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'mooring-reader', namespace: 'mooring' }],
  });
});
