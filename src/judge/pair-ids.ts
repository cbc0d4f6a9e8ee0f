/** What a study of so many pairs calls them: numbers from 1 in an order that says nothing, all equally long. */
export function pairIds(count: number): string[] {
  return Array.from({ length: count }, (_, at) => String(at + 1).padStart(String(count).length, "0"));
}
