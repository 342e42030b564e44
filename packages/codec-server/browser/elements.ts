/** An element of the page that its HTML has. @throws where it has none of that ID and kind */
export function byId<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${kind.name} #${id}.`);
}

/** What an element may be made with. */
interface Made {
  readonly text?: string;
  readonly className?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly Node[];
}

/** Makes an element. What comes from payloads and answers is only ever set as text, or as a value. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  { text, className, attributes = {}, children = [] }: Made = {},
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (className !== undefined) element.className = className;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/** A button that does something when it is pressed. */
export function button(
  text: string,
  onPress: () => void,
  attributes: Made['attributes'] = {},
): HTMLButtonElement {
  const element = make('button', { text, attributes: { type: 'button', ...attributes } });
  element.addEventListener('click', onPress);
  return element;
}

/** A link to another site, which learns nothing of this page. */
export function link(text: string, address: string): HTMLAnchorElement {
  return make('a', { text, attributes: { href: address, target: '_blank', rel: 'noopener noreferrer' } });
}
