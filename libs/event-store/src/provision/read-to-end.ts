/** All of a read. One that is left before its end stays open, and a client with an open call takes seconds to close. */
export async function readToEnd<Item>(read: AsyncIterable<Item>): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of read) items.push(item);
  return items;
}
