import { byId } from './elements';
import { count } from './table';

const MOST_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Takes what the reader wants to be inspected: pasted, in a file that is chosen, or in one that is dropped.
 *
 * @param onText gets each text
 * @param onError is told why a file is not taken
 */
export function takeTexts(onText: (text: string) => void, onError: (error: Error) => void): void {
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (file.size > MOST_FILE_BYTES) {
      onError(new Error(`The file has ${count(file.size)} bytes, more than ${count(MOST_FILE_BYTES)}.`));
      return;
    }
    let text: string;
    try {
      text = await file.text();
    } catch {
      onError(new Error('The file cannot be read.'));
      return;
    }
    onText(text);
  };
  byId('inspect-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    onText(byId('payload', HTMLTextAreaElement).value);
  });
  const files = byId('file', HTMLInputElement);
  files.addEventListener('change', () => void read(files.files?.[0]));
  const area = byId('inspect', HTMLElement);
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    area.classList.add('dropping');
  });
  document.addEventListener('dragleave', () => {
    area.classList.remove('dropping');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    area.classList.remove('dropping');
    void read(event.dataTransfer?.files[0]);
  });
}

/** @throws Error with a message for the reader, where the text is no JSON */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('This is not valid JSON.');
  }
}
