import { asList, asWord, at } from '../json.ts';
import { sortedOnce } from './fields.ts';

/** Of init containers and containers, sorted, each once. */
export function imagesOf(podSpec: unknown): readonly string[] {
  const containers = ['initContainers', 'containers'].flatMap((field) => asList(at(podSpec, field)));
  return sortedOnce(containers.flatMap((container) => asWord(at(container, 'image')) ?? []));
}

/** `1.2` of `host:5000/name:1.2@sha256:…`; nothing where there is no tag. */
export function tagOf(image: string): string | undefined {
  const name = image.slice(image.lastIndexOf('/') + 1).replace(/@.*$/su, '');
  const colon = name.indexOf(':');
  return colon < 0 || colon === name.length - 1 ? undefined : name.slice(colon + 1);
}
