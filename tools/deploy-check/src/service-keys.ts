import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkoutFolder } from '@mooring/engines';
import {
  describeConfig,
  fullSpec,
  type ConfigDescription,
  type ConfigSpec,
  type ServiceDefinition,
} from '@mooring/service-host';

const isDefinitionOf =
  (name: string) =>
  (value: unknown): value is ServiceDefinition<ConfigSpec> =>
    typeof value === 'object' && value !== null && 'name' in value && value.name === name && 'config' in value;

/** Every key that a service reads, from its compiled definition: no project may import a service. Needs a build. */
export async function serviceKeys(name: string): Promise<readonly ConfigDescription[]> {
  const file = join(checkoutFolder(), 'services', name, 'dist/src/service.js');
  const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const definition = Object.values(module).find(isDefinitionOf(name));
  if (definition === undefined) throw new Error(`${file} exports no service called ${name}`);
  return describeConfig(fullSpec(definition));
}
