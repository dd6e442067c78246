import { Failure } from '@mooring/kernel';

/** What the provisioner of an installation in containers is told, each by a variable. */
export const PROVISION_VARIABLES = {
  /** The folder of the installation, where its secrets are kept. */
  folder: 'PROVISION_FOLDER',
  /** Where each process finds its part, in a folder named as the process. */
  handOut: 'PROVISION_HAND_OUT',
  /** Where a process sees its part of that. */
  runFolder: 'PROVISION_RUN_FOLDER',
  /** Where NATS keeps what it stores. */
  natsFolder: 'PROVISION_NATS_FOLDER',
  nats: 'PROVISION_NATS',
  postgres: 'PROVISION_POSTGRES',
  eventStore: 'PROVISION_EVENT_STORE',
  /** Of the event store's users; for EventStoreDB the same as its gRPC. */
  eventStoreHttp: 'PROVISION_EVENT_STORE_HTTP',
} as const;

export type ProvisionSettings = Readonly<Record<keyof typeof PROVISION_VARIABLES, string>>;

const PLACES: readonly string[] = ['nats', 'postgres', 'eventStore', 'eventStoreHttp'];
const PLACE = /^[a-z0-9.-]+:\d{1,5}$/;

/** Throws a Failure `invalid` that names everything that is missing, wrong or unknown. */
export function readProvisionSettings(environment: Readonly<Record<string, string | undefined>>): ProvisionSettings {
  const names = Object.values(PROVISION_VARIABLES) as readonly string[];
  const findings = Object.entries(PROVISION_VARIABLES).flatMap(([key, name]) => {
    const value = environment[name] ?? '';
    if (value === '') return [`${name} is not set`];
    return PLACES.includes(key) && !PLACE.test(value) ? [`${name} "${value}" is not host:port`] : [];
  });
  const unknown = Object.keys(environment).filter((name) => name.startsWith('PROVISION_') && !names.includes(name));
  findings.push(...unknown.map((name) => `${name} is no setting`));
  if (findings.length > 0) throw new Failure('invalid', findings.join('; '));
  return Object.fromEntries(
    Object.entries(PROVISION_VARIABLES).map(([key, name]) => [key, environment[name] ?? '']),
  ) as ProvisionSettings;
}
