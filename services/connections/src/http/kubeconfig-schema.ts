import { KUBECONFIG_CONTEXTS_MAX } from '@mooring/contracts';
import { Type, type TArrayOptions, type TProperties } from 'typebox';

/** Without control characters; the length as UTF-16 counts it. */
const Name = Type.String({ minLength: 1, maxLength: 126, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' });
const Text = Type.String({ pattern: '^[^\\u0000]*$' });

const CLOSED = { additionalProperties: Text, propertyNames: Text };

const entries = (member: string, fields: TProperties, options: TArrayOptions = {}) =>
  Type.Array(Type.Object({ name: Name, [member]: Type.Optional(Type.Object(fields, CLOSED)) }, CLOSED), options);

const text = Type.Optional(Text);

/**
 * What is surely taken as a kubeconfig, for the document: each of its contexts is then accounted for, also one that cannot be used.
 * `readDocument` decides, and takes a little more.
 */
export const KubeconfigBody = Type.Object(
  {
    apiVersion: text,
    kind: Type.Optional(Type.Literal('Config')),
    'current-context': text,
    contexts: entries(
      'context',
      { cluster: text, user: text, namespace: text },
      { minItems: 1, maxItems: KUBECONFIG_CONTEXTS_MAX },
    ),
    clusters: Type.Optional(entries('cluster', { server: text, 'certificate-authority-data': text })),
    users: Type.Optional(entries('user', { token: text, 'client-certificate-data': text, 'client-key-data': text })),
  },
  CLOSED,
);
