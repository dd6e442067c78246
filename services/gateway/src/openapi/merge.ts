import type { OpenApiDocument } from '@mooring/service-host';

type Schemas = Readonly<Record<string, unknown>>;

const schemasOf = (document: OpenApiDocument): Schemas => document.components?.['schemas'] ?? {};

/** New names for the schemas of a document that share a name, but not their meaning, with one that is there already. */
function renamed(document: OpenApiDocument, service: string, taken: Schemas): OpenApiDocument {
  const clashing = Object.entries(schemasOf(document))
    .filter(([name, schema]) => name in taken && JSON.stringify(taken[name]) !== JSON.stringify(schema))
    .map(([name]) => name);
  if (clashing.length === 0) return document;
  const text = clashing.reduce(
    (json, name) => json.replaceAll(`"#/components/schemas/${name}"`, `"#/components/schemas/${service}-${name}"`),
    JSON.stringify(document),
  );
  const copy = JSON.parse(text) as OpenApiDocument;
  const schemas = Object.entries(schemasOf(copy)).map(([name, schema]) => [
    clashing.includes(name) ? `${service}-${name}` : name,
    schema,
  ]);
  return { ...copy, components: { ...copy.components, schemas: Object.fromEntries(schemas) as Schemas } };
}

/**
 * One document of several services' documents: `first` gives the title and what is common, then the paths of each service
 * that `isRouted` says the gateway leads to that service. Pure; keeps the order.
 */
export function mergeDocuments(
  first: OpenApiDocument,
  documents: readonly { readonly service: string; readonly document: OpenApiDocument }[],
  isRouted: (service: string, path: string) => boolean,
): OpenApiDocument {
  return documents.reduce((merged, { service, document }) => {
    const { paths, components } = renamed(document, service, schemasOf(merged));
    const routed = Object.entries(paths).filter(([path]) => isRouted(service, path));
    const schemas = { ...components?.['schemas'], ...schemasOf(merged) };
    return {
      ...merged,
      paths: { ...merged.paths, ...Object.fromEntries(routed) },
      components: { ...components, ...merged.components, schemas },
    };
  }, first);
}
