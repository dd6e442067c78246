const KEY = '"managedFields":[';
const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x5b, 0x5d];

/** The index of the quote that ends the text which begins at `start`. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}

/**
 * The same JSON with an empty list of managed fields. Who set which field is half of what an API server sends of an object, cannot be left
 * out by it, and is read by nobody here: parsing it costs more than the rest. Only the form that API servers write is recognized.
 */
export function withoutManagedFields(json: string): string {
  // Inside of a text the quotes would be escaped: this is always a key.
  const start = json.indexOf(KEY);
  if (start === -1) return json;
  const open = start + KEY.length - 1;
  let depth = 0;
  for (let index = open; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === QUOTE) index = endOfText(json, index);
    else if (code === OPEN) depth += 1;
    else if (code === CLOSE) {
      depth -= 1;
      if (depth === 0) return json.slice(0, open + 1) + json.slice(index);
    }
  }
  return json;
}
