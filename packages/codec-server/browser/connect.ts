import { byId } from './elements';

/** Fills in the address of this server and the reader's namespace, where the page tells how to use it. */
export function showConnections(base: string): void {
  const endpoint = base.replace(/\/$/, '');
  for (const place of document.querySelectorAll('.endpoint')) place.textContent = endpoint;
  for (const place of document.querySelectorAll<HTMLAnchorElement>('a[data-path]')) {
    place.href = `${base}${place.dataset['path'] ?? ''}`;
  }
  const inputs = [byId('cli-namespace', HTMLInputElement), byId('namespace', HTMLInputElement)];
  const show = (): void => {
    const namespace = inputs[0]?.value.trim() ?? '';
    byId('cli-namespace-shown', HTMLElement).textContent =
      namespace === '' ? 'YOUR_NAMESPACE' : shellWord(namespace);
  };
  for (const input of inputs) {
    input.addEventListener('input', () => {
      for (const other of inputs) other.value = input.value;
      show();
    });
  }
  // A browser may have kept what was typed before the page was loaded again.
  for (const input of inputs) input.value = inputs[0]?.value ?? '';
  show();
}

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
