import { asList, asWord, at, given, parseObject, type JsonObject } from '../../json.ts';
import { tagOf } from '../images.ts';

/**
 * - `sidecar`: a proxy of its own takes the pod's traffic.
 * - `ambient`: the node's ztunnel takes it.
 * - `gateway`, `waypoint`, `ztunnel`: the pod is itself a proxy for others.
 * - `none`: the pod's containers are known, and none of the above is so.
 */
export type IstioMode = 'sidecar' | 'ambient' | 'gateway' | 'waypoint' | 'ztunnel' | 'none';

/** How a pod takes part in an Istio mesh, as far as the pod itself says so. */
export interface IstioProxy {
  /** Left out where there is a proxy whose role cannot be read. */
  readonly mode?: IstioMode;
  /** The sidecar is an init container that keeps running, as Kubernetes knows sidecars since 1.28. */
  readonly native?: true;
  readonly image?: string;
  /** Of the image; as a rule Istio's version. */
  readonly tag?: string;
  /** The control plane that injected the proxy. */
  readonly revision?: string;
}

const PROXY_CONTAINER = 'istio-proxy';
const STATUS_CHARACTERS_MAX = 16_384;

/** The first two arguments of pilot-agent, in every template of Istio's charts. */
const MODE_BY_ROLE: ReadonlyMap<string, IstioMode> = new Map([
  ['sidecar', 'sidecar'],
  ['router', 'gateway'],
  ['waypoint', 'waypoint'],
  ['ztunnel', 'ztunnel'],
]);

function modeOf(container: unknown): IstioMode | undefined {
  const args = asList(at(container, 'args'));
  return args[0] === 'proxy' && typeof args[1] === 'string' ? MODE_BY_ROLE.get(args[1]) : undefined;
}

/** The injector writes down what it did, as JSON; older ones without the revision. Gateways and waypoints carry it as label or annotation. */
function revisionOf(metadata: unknown): string | undefined {
  const status = asWord(at(metadata, 'annotations', 'sidecar.istio.io/status'));
  const injected = status !== undefined && status.length <= STATUS_CHARACTERS_MAX ? parseObject(status) : undefined;
  const named = (where: string): string | undefined => asWord(at(metadata, where, 'istio.io/rev'));
  return asWord(at(injected, 'revision')) ?? named('labels') ?? named('annotations');
}

/**
 * Reads a pod: a container `istio-proxy` (or an init container of that name that restarts always), else the annotation by which the CNI agent says
 * that it redirects the pod's traffic. `undefined` where the pod's containers cannot be read.
 * Sources: Istio, "Installing the Sidecar" and the injection templates of its charts; reference "Resource Annotations"
 * (`ambient.istio.io/redirection`, `sidecar.istio.io/status`); Kubernetes, "Sidecar Containers".
 */
export function istioProxyOf(pod: JsonObject): IstioProxy | undefined {
  const containers = asList(at(pod, 'spec', 'containers'));
  if (containers.length === 0) return undefined;
  const isProxy = (container: unknown): boolean => at(container, 'name') === PROXY_CONTAINER;
  const native = asList(at(pod, 'spec', 'initContainers')).find(
    (container) => isProxy(container) && at(container, 'restartPolicy') === 'Always',
  );
  const proxy = containers.find(isProxy) ?? native;
  const metadata = pod['metadata'];
  if (proxy === undefined) {
    const redirected = at(metadata, 'annotations', 'ambient.istio.io/redirection') === 'enabled';
    return { mode: redirected ? 'ambient' : 'none' };
  }
  const image = asWord(at(proxy, 'image'));
  return given({
    mode: modeOf(proxy),
    native: proxy === native ? true : undefined,
    image,
    tag: image === undefined ? undefined : tagOf(image),
    revision: revisionOf(metadata),
  });
}
