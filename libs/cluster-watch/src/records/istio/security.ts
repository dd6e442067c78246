import { asObject, asWord, at, given, type JsonObject } from '../../json.ts';
import type { RecordBase } from '../base.ts';
import { each, some, someWords, withoutSecrets } from '../fields.ts';
import { selectorOf, targetsOf, type Applies } from './workload-selector.ts';

/** Whether pods take connections without mutual TLS. */
export interface PeerAuthenticationRecord extends RecordBase, Applies {
  readonly kind: 'PeerAuthentication';
  /** `STRICT`, `PERMISSIVE`, `DISABLE` or `UNSET`; left out where it is inherited. */
  readonly mtlsMode?: string;
  /** Where a port has a mode of its own, by the port's number. */
  readonly portMtlsModes?: Readonly<Record<string, string>>;
}

export interface JwtRule {
  readonly issuer?: string;
  readonly audiences?: readonly string[];
  /** Without user, password and query. */
  readonly jwksUri?: string;
  /** The keys stand in the resource itself; they are not kept. */
  readonly inlineKeys?: true;
}

export interface RequestAuthenticationRecord extends RecordBase, Applies {
  readonly kind: 'RequestAuthentication';
  readonly rules: readonly JwtRule[];
}

/** Lists as written, by the names that Istio gives them, e.g. `principals`, `notPaths`. */
export type AuthorizationTerms = Readonly<Record<string, readonly string[]>>;

export interface AuthorizationRule {
  readonly from?: readonly AuthorizationTerms[];
  readonly to?: readonly AuthorizationTerms[];
  /** Keys of the conditions; their values are not kept: they may be credentials. */
  readonly when?: readonly string[];
}

export interface AuthorizationPolicyRecord extends RecordBase, Applies {
  readonly kind: 'AuthorizationPolicy';
  /** `ALLOW`, `DENY`, `AUDIT` or `CUSTOM`; left out where it has the default, `ALLOW`. */
  readonly action?: string;
  readonly provider?: string;
  /** Without a rule it matches nothing; a rule without anything matches everything. */
  readonly rules: readonly AuthorizationRule[];
}

const SOURCE_TERMS = ['ipBlocks', 'namespaces', 'principals', 'remoteIpBlocks', 'requestPrincipals', 'serviceAccounts'];
const OPERATION_TERMS = ['hosts', 'methods', 'paths', 'ports'];
const withOpposites = (terms: readonly string[]): readonly string[] =>
  terms.flatMap((term) => [term, `not${term[0]?.toUpperCase() ?? ''}${term.slice(1)}`]);

function portModes(value: unknown): Readonly<Record<string, string>> | undefined {
  const modes = Object.entries(asObject(value) ?? {}).flatMap(([port, setting]) => {
    const mode = asWord(at(setting, 'mode'));
    return /^\d{1,5}$/.test(port) && mode !== undefined ? [[port, mode] as const] : [];
  });
  return modes.length === 0 ? undefined : Object.fromEntries(modes);
}

/** The same for `v1` and `v1beta1`. */
export const peerAuthenticationRecord = (base: RecordBase, { spec }: JsonObject): PeerAuthenticationRecord =>
  given({
    kind: 'PeerAuthentication',
    ...base,
    selector: selectorOf(spec),
    mtlsMode: asWord(at(spec, 'mtls', 'mode')),
    portMtlsModes: portModes(at(spec, 'portLevelMtls')),
  });

/** The same for `v1` and `v1beta1`. */
export const requestAuthenticationRecord = (base: RecordBase, { spec }: JsonObject): RequestAuthenticationRecord =>
  given({
    kind: 'RequestAuthentication',
    ...base,
    selector: selectorOf(spec),
    targets: targetsOf(spec),
    rules: each(at(spec, 'jwtRules'), (item) =>
      given({
        issuer: asWord(at(item, 'issuer')),
        audiences: someWords(at(item, 'audiences')),
        jwksUri: withoutSecrets(asWord(at(item, 'jwksUri'))),
        inlineKeys: asWord(at(item, 'jwks')) === undefined ? undefined : true,
      }),
    ),
  });

function termsOf(value: unknown, terms: readonly string[]): AuthorizationTerms {
  return Object.fromEntries(
    withOpposites(terms).flatMap((term) => {
      const words = someWords(at(value, term));
      return words === undefined ? [] : [[term, words] as const];
    }),
  );
}

const rule = (item: unknown): AuthorizationRule =>
  given({
    from: some(each(at(item, 'from'), (from) => termsOf(at(from, 'source'), SOURCE_TERMS))),
    to: some(each(at(item, 'to'), (to) => termsOf(at(to, 'operation'), OPERATION_TERMS))),
    when: some(each(at(item, 'when'), (condition) => asWord(at(condition, 'key')))),
  });

/** The same for `v1` and `v1beta1`. */
export const authorizationPolicyRecord = (base: RecordBase, { spec }: JsonObject): AuthorizationPolicyRecord =>
  given({
    kind: 'AuthorizationPolicy',
    ...base,
    selector: selectorOf(spec),
    targets: targetsOf(spec),
    action: asWord(at(spec, 'action')),
    provider: asWord(at(spec, 'provider', 'name')),
    rules: each(at(spec, 'rules'), rule),
  });
