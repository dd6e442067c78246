const CARRIED = /^(?:dead|redrive)\.[^.]+\.(.+)$/;

/** The subject an event was first stored under, also of a dead or redriven message. */
export const originalSubjectOf = (subject: string): string => CARRIED.exec(subject)?.[1] ?? subject;

/** The last token of a subject: the aggregate whose messages keep their order. */
export const aggregateOf = (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1);
