import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { SEVERITY_TEXTS, type SeverityText } from './severity.ts';

const hex = (digits: number) => Type.String({ pattern: `^[0-9a-f]{${digits}}$` });

/** The attributes of our envelope: CloudEvents 1.0 with extension attributes (names are lower-case letters and digits only). */
export const Envelope = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String({ minLength: 1 }),
  source: Type.String({ minLength: 1, description: 'urn:meshery:<component-type>:<component-name>[:<instance>]' }),
  type: Type.String({ minLength: 1 }),
  subject: Type.String({ minLength: 1, description: "The aggregate's id." }),
  time: Type.String({ format: 'date-time', description: 'RFC 3339, UTC: when the fact was recorded.' }),
  datacontenttype: Type.Literal('application/json'),
  dataschema: Type.String({ format: 'uri' }),
  severitytext: Type.Unsafe<SeverityText>(Type.String({ enum: [...SEVERITY_TEXTS] })),
  severitynumber: Type.Integer({ minimum: 0, maximum: 7, description: 'RFC 5424; below 6 is for a person.' }),
  category: Type.String({ minLength: 1 }),
  action: Type.String({ minLength: 1 }),
  sequence: Type.String({ pattern: '^[0-9]+$', description: "The aggregate's revision." }),
  actedupon: Type.String({ minLength: 1 }),
  userid: Type.Optional(Type.String({ minLength: 1 })),
  systemid: Type.String({ minLength: 1, description: 'The installation.' }),
  correlationid: Type.String({ minLength: 1, description: 'The operation this event belongs to.' }),
  causationid: Type.Optional(Type.String({ minLength: 1, description: 'The id of the event that caused this one.' })),
  traceid: hex(32),
  parentid: hex(16),
  traceparent: Type.String({ pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' }),
});
export type Envelope = Static<typeof Envelope>;

/** A fact as it travels on the bus. `data` is typed by the event type where that is known. */
export type CloudEvent<Data = unknown> = Envelope & { readonly data: Data };

const envelope = Compile(Envelope);

/** What is wrong with an envelope, one sentence per finding; empty when nothing is. */
export const envelopeFindings = (value: unknown): readonly string[] =>
  envelope.Check(value)
    ? []
    : envelope.Errors(value).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
