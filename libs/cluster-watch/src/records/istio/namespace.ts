import { asWord, given } from '../../json.ts';

/** What a namespace's labels ask of Istio for its pods. What its pods really have is in their own records. */
export interface NamespaceMesh {
  /** Of sidecars: `istio-injection`. */
  readonly injection?: 'enabled' | 'disabled';
  /** The control plane that injects sidecars: `istio.io/rev`. */
  readonly revision?: string;
  /** `istio.io/dataplane-mode`. */
  readonly dataplaneMode?: 'ambient' | 'none';
  /** The waypoint through which traffic to its services goes, or `none`: `istio.io/use-waypoint`. */
  readonly waypoint?: string;
  readonly waypointNamespace?: string;
}

const oneOf = <T extends string>(value: string | undefined, allowed: readonly T[]): T | undefined =>
  allowed.find((each) => each === value);

/** Values that Istio does not know are left out. Source: Istio, reference "Resource Labels", and "Installing the Sidecar". */
export function namespaceMesh(labels: Readonly<Record<string, string>>): NamespaceMesh | undefined {
  const mesh = given({
    injection: oneOf(labels['istio-injection'], ['enabled', 'disabled']),
    revision: asWord(labels['istio.io/rev']),
    dataplaneMode: oneOf(labels['istio.io/dataplane-mode'], ['ambient', 'none']),
    waypoint: asWord(labels['istio.io/use-waypoint']),
    waypointNamespace: asWord(labels['istio.io/use-waypoint-namespace']),
  });
  return Object.keys(mesh).length === 0 ? undefined : mesh;
}
