// Takes a newer version of the page over. What the server says differently is compared between the two versions as they
// were sent, and only that is changed in the page: what the viewer and the scripts have done to it stays.

/** Node of the version that was taken over last -> node of the page. */
const shown = new WeakMap<Node, ChildNode>();

/** `copy` is what `node` of the page looked like when it was sent. */
export function remember(copy: Node, node: ChildNode): void {
  shown.set(copy, node);
  const children = [...node.childNodes];
  [...copy.childNodes].forEach((child, at) => {
    if (children[at]) remember(child, children[at]);
  });
}

/** `before` has been remembered or taken over. Both are elements of the same kind. */
export function takeOver(before: Element, after: Element): void {
  const node = nodeOf(before);
  shown.set(after, node);
  if (own.has(before.localName) || !(node instanceof Element)) return;
  for (const { name } of [...before.attributes]) if (!after.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of after.attributes)
    if (before.getAttribute(name) !== value) node.setAttribute(name, value);
  takeOverChildren(before, after, node);
}

/** Their content is no markup to look at. */
const own = new Set(["script", "style", "noscript"]);

function takeOverChildren(before: Element, after: Element, node: Element): void {
  const waiting = Map.groupBy(before.childNodes, keyOf);
  let previous: ChildNode | null = null;
  for (const child of after.childNodes) {
    const known = waiting.get(keyOf(child))?.shift();
    if (known === undefined) {
      const made = document.importNode(child, true);
      remember(child, made);
      if (previous?.parentNode === node) previous.after(made);
      else node.prepend(made);
      previous = made;
    } else {
      // Of one key, so of one kind.
      if (child instanceof Element) takeOver(known as Element & ChildNode, child);
      else takeOverText(known, child);
      previous = nodeOf(child);
    }
  }
  for (const gone of [...waiting.values()].flat()) shown.get(gone)?.remove();
}

function takeOverText(before: Node, after: Node): void {
  const node = nodeOf(before);
  shown.set(after, node);
  if (before.nodeValue !== after.nodeValue) node.nodeValue = after.nodeValue;
}

function nodeOf(sent: Node): ChildNode {
  const node = shown.get(sent);
  if (node === undefined) throw new Error(`${sent.nodeName}: was never taken over`);
  return node;
}

/** Elements are the same by their name and, where they have one, their id or the run that they are about. */
function keyOf(node: Node): string {
  if (!(node instanceof Element)) return node.nodeName;
  return `${node.nodeName} ${node.id} ${node.getAttribute("data-run") ?? ""}`;
}
