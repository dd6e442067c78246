import type { ConfigDescription } from '@mooring/service-host';
import type { ComposeService } from './compose-file.ts';

export interface ServiceVariables {
  readonly service: ComposeService;
  /** Every key that the service reads. */
  readonly keys: readonly ConfigDescription[];
  /** What the provisioner hands out to it: files by name, and the variables in its file `environment`. */
  readonly handedOut: { readonly files: readonly string[]; readonly variables: readonly string[] };
}

const FOLDER = '/run/mooring/';

/** Names that something else than the service reads; they are set for its runtime. */
const OF_NODE = new Set(['NODE_ENV', 'NODE_OPTIONS']);

/**
 * What does not fit between the variables that are set and those that a service knows: unknown ones, required ones that are missing,
 * two for one key, and files that nobody hands out.
 */
export function checkServiceVariables({ service, keys, handedOut }: ServiceVariables): readonly string[] {
  const environment = service.environment ?? {};
  const readsFile = service.command?.includes(`--env-file=${FOLDER}environment`) === true;
  const set = [...Object.keys(environment), ...(readsFile ? handedOut.variables : [])];
  const known = new Set(keys.flatMap(({ variables }) => variables));
  const files = Object.entries(environment).filter(([name]) => name.endsWith('_FILE'));
  return [
    ...set
      .filter((name) => !known.has(name) && !OF_NODE.has(name))
      .map((name) => `${name}: the service has no such key`),
    ...keys
      .filter(({ required, variables }) => required && !variables.some((name) => set.includes(name)))
      .map(({ variables }) => `${variables.join(' or ')}: required and not set`),
    ...keys
      .filter(({ variables }) => variables.filter((name) => set.includes(name)).length > 1)
      .map(({ variables }) => `${variables.join(' and ')}: both are set`),
    ...files
      .filter(([, path]) => !path.startsWith(FOLDER) || !handedOut.files.includes(path.slice(FOLDER.length)))
      .map(([name, path]) => `${name}: nobody hands out ${path}`),
    ...(readsFile === handedOut.files.includes('environment')
      ? []
      : ['the file "environment" is handed out and not read, or read and not handed out']),
  ];
}
