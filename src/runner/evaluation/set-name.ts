/** Of a text, a name that series can begin with. */
export function setName(text: string): string {
  const name = text.replaceAll(/[^\w-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return name === "" || ["seen", "unseen", "train"].includes(name) ? `set-${name}` : name;
}
