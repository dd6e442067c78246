import { Type, type Static } from 'typebox';

/** What went wrong, in the words of the error catalogue. Severity `error` or worse must carry it. */
export const ErrorDescription = Type.Object(
  {
    code: Type.String({ description: 'Stable code of the error, for example `cluster-unreachable`.' }),
    moniker: Type.String({ description: 'Short name, snake_case.' }),
    severity: Type.String(),
    shortDescription: Type.String(),
    longDescription: Type.String(),
    probableCause: Type.String(),
    suggestedRemediation: Type.String(),
  },
  { additionalProperties: false },
);
export type ErrorDescription = Static<typeof ErrorDescription>;

/** What a person reads of an event; it stands in `data` beside the event's own fields. */
export const Narrative = Type.Object({
  message: Type.String({ description: 'One sentence that can stand alone.' }),
  summary: Type.String({ description: 'A few words, for a list.' }),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  error: Type.Optional(ErrorDescription),
});
export type Narrative = Static<typeof Narrative>;
