import type { ClusterRefusal, RefusedReason, UnreachableReason } from './refusal.ts';

/** What to do, per reason, for the person who sees it. */
const REMEDIES: Readonly<Record<UnreachableReason | RefusedReason, string>> = {
  'dns-failure': 'Check the server name in the kubeconfig and that the name servers of this machine know it.',
  'connection-refused': 'Check that the API server runs and that address and port are right.',
  timeout: 'Check that a firewall, security group or VPN lets this machine reach the API server.',
  network: 'Check the network between this machine and the API server.',
  stalled: 'The API server accepts connections and then says nothing: look at its health and at proxies on the way.',
  'server-error': "Look at the API server's own logs and health (kubectl get --raw /readyz?verbose).",
  throttled: 'The API server asks for fewer requests: wait, or look at its priority and fairness settings.',
  unauthorized: 'The credential is wrong or has expired: import a kubeconfig with a current one.',
  forbidden: 'The credential is good but may read nothing: give its user the right to get, list and watch resources.',
  'tls-untrusted':
    "Give the certificate authority that signed the API server's certificate (certificate-authority-data).",
  'tls-name-mismatch': 'Use a server name that the certificate is made for, or set tls-server-name.',
  'tls-expired': "Renew the API server's certificate, and check the clocks of both machines.",
  'tls-client-certificate':
    'The API server does not accept the client certificate: import a kubeconfig with a current one.',
  'credential-unusable':
    'The credential cannot be read or obtained: check that certificate and key are whole and belong together.',
  'uid-unreadable': 'Give the user the right to get the namespace kube-system: its UID is what identifies a cluster.',
  'identity-changed': 'This address leads to another cluster now: import it as a new connection.',
  'not-kubernetes': 'Check the address: what answers there is not a Kubernetes API server.',
  'http2-unsupported':
    'Something on the way speaks HTTP/1.1 only: reach the API server directly or through a TCP proxy.',
  'http-not-allowed': 'Use https://: over http:// anybody on the way can read the credential.',
  'address-not-allowed':
    'Use the address of an API server; link-local and cloud metadata addresses are never connected to.',
  'address-invalid': 'The server has to be a URL such as https://cluster.example:6443.',
};

export const unreachable = (reason: UnreachableReason, message: string, retryAfterMs?: number): ClusterRefusal => ({
  kind: 'unreachable',
  reason,
  message,
  suggestedRemediation: REMEDIES[reason],
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

export const refusedBecause = (reason: RefusedReason, message: string): ClusterRefusal => ({
  kind: 'refused',
  reason,
  message,
  suggestedRemediation: REMEDIES[reason],
});
