/**
 * How a program on this machine gives a credential (client-go's exec credential plugin protocol). Running it is code execution: the caller
 * decides. It runs anew for each connection, without input or terminal, and is killed when it takes longer than a connection may.
 */
export interface ExecCredential {
  readonly kind: 'exec';
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `client.authentication.k8s.io/v1` or `…/v1beta1`. */
  readonly apiVersion: string;
  /** Whether the program is told the cluster's address and certificate authority. */
  readonly provideClusterInfo?: boolean;
}

export type ClusterAuth =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'certificate'; readonly certPem: string; readonly keyPem: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | ExecCredential
  | { readonly kind: 'none' };

/**
 * Everything needed to reach one API server. It holds secrets: never log it, never put it in an event.
 * No field names a file; whoever reads a kubeconfig resolves those first, or refuses them.
 */
export interface ClusterAccess {
  /** `https://host[:port][/path]`; `http://` only with {@link ClusterAccess.allowHttp}. */
  readonly server: string;
  /** One or more PEM certificates that the server's certificate must lead to; without it, the system's own authorities. */
  readonly caPem?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** Checked against the server's certificate in place of the host of `server`. */
  readonly tlsServerName?: string;
  /** Plain-text HTTP/2 (prior knowledge): credentials travel unprotected. Default false: `http://` is refused. */
  readonly allowHttp?: boolean;
  readonly auth: ClusterAuth;
}
