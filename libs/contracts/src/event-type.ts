import { Type, type Static, type TObject, type TProperties } from 'typebox';
import { Narrative } from './narrative.ts';

/** What an event type is declared from; everything else follows from the naming rules. */
export interface EventDeclaration<Fields extends TObject> {
  /** The type in the event store: PascalCase, past tense. */
  readonly stored: string;
  /** The CloudEvents `type`: `io.meshery.<context>.<noun>.<past participle>.v<N>`. */
  readonly type: string;
  /** The service that publishes it; the context of the type unless told. */
  readonly producer?: string;
  /** snake_case. */
  readonly category: string;
  /** snake_case. */
  readonly action: string;
  /** What happened and what `subject` is, for the AsyncAPI document. */
  readonly description: string;
  /** The event's own fields: exactly what is stored. */
  readonly fields: Fields;
}

/** One kind of event, declared once: its names, its stored fields and the schema of its published `data`. */
export interface EventType<Fields extends TObject = TObject> extends EventDeclaration<Fields> {
  readonly context: string;
  readonly producer: string;
  readonly noun: string;
  readonly verb: string;
  readonly version: number;
  /** JSON Schema of `data` on the bus: the narrative and the event's own fields. */
  readonly data: TObject;
  /** The CloudEvents `dataschema` of this type. */
  readonly dataschema: string;
}

/** The stored fields of an event type, as a TypeScript type. */
export type FieldsOf<T extends EventType> = Static<T['fields']>;

/** The published `data` of an event type: its fields and the narrative. */
export type DataOf<T extends EventType> = Static<T['fields']> & Narrative;

const TYPE_NAME = /^io\.meshery\.([a-z]+)\.([a-z_]+)\.([a-z_]+)\.v([1-9][0-9]*)$/;
const SNAKE_CASE = /^[a-z]+(_[a-z]+)*$/;

export function defineEvent<P extends TProperties>(declaration: EventDeclaration<TObject<P>>): EventType<TObject<P>> {
  const [, context, noun, verb, version] = TYPE_NAME.exec(declaration.type) ?? [];
  if (context === undefined || noun === undefined || verb === undefined || version === undefined) {
    throw new Error(
      `event type "${declaration.type}" is not of the form io.meshery.<context>.<noun>.<past participle>.v<N>`,
    );
  }
  for (const name of [declaration.category, declaration.action]) {
    if (!SNAKE_CASE.test(name)) throw new Error(`"${name}" of ${declaration.type} is not snake_case`);
  }
  return {
    ...declaration,
    context,
    producer: declaration.producer ?? context,
    noun,
    verb,
    version: Number(version),
    dataschema: `urn:meshery:schema:${declaration.type}`,
    data: Type.Object({ ...Narrative.properties, ...declaration.fields.properties }),
  };
}
