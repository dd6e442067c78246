import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { asyncApiDocument, eventTypeNames, jsonSchemaOf } from './documents.ts';

describe('the documents made from the contracts', () => {
  it('are an AsyncAPI document without errors', async () => {
    const { diagnostics } = await new Parser().parse(JSON.stringify(asyncApiDocument('0.0.0')));
    expect(diagnostics.filter(({ severity }) => (severity as number) === 0)).toEqual([]);
  });

  it.each(eventTypeNames())('give a JSON Schema that a strict validator takes: %s', (type) => {
    const ajv = new Ajv2020({ strict: true });
    addFormats.default(ajv);
    expect(ajv.validateSchema(jsonSchemaOf(type)!)).toBe(true);
    expect(() => ajv.compile(jsonSchemaOf(type)!)).not.toThrow();
  });
});
