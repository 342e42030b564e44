/** Makes the page's copy buttons work: each copies the text of the element that it names. */
export function enableCopyButtons(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    element.addEventListener('click', () => {
      const source = document.getElementById(element.dataset['copy'] ?? '');
      void copy(source?.textContent ?? '', element);
    });
  }
}

const TOLD_MS = 2_000;

/** Copies a text, and says on the button for a moment whether it did. */
export async function copy(text: string, element: HTMLButtonElement): Promise<void> {
  const said = element.textContent;
  const isCopied = await write(text);
  element.textContent = isCopied ? 'Copied' : 'Not copied';
  element.disabled = true;
  setTimeout(() => {
    element.textContent = said;
    element.disabled = false;
  }, TOLD_MS);
}

async function write(text: string): Promise<boolean> {
  // Only pages of HTTPS and of loopback have a clipboard.
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  try {
    if (clipboard === undefined) return writeBySelection(text);
    await clipboard.writeText(text);
    return true;
  } catch {
    return writeBySelection(text);
  }
}

function writeBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('aria-hidden', 'true');
  const { activeElement } = document;
  document.body.append(area);
  area.select();
  // Superseded by the clipboard, which this page has not got.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const isCopied = document.execCommand('copy');
  area.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus();
  return isCopied;
}
