import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

/** What a folder holds: a certificate, its key and, perhaps, the authority of clients. */
export interface FolderContent {
  readonly certPem: string;
  readonly keyPem: string;
  readonly caPem?: string;
}

/** A folder of PEM files that are replaced while a server reads them. */
export class CertificateFolder {
  readonly path = temporaryDirectory();
  readonly certFile = join(this.path, 'tls.crt');
  readonly keyFile = join(this.path, 'tls.key');
  readonly clientCaFile = join(this.path, 'ca.crt');
  #version = 0;

  constructor(content: FolderContent) {
    this.write(content);
  }

  /** Writes over what is there. */
  write(content: FolderContent): void {
    writeInto(this.path, content);
  }

  /** Puts other files in the place of each, as `mv` does. */
  move(content: FolderContent): void {
    const beside = join(this.path, 'new');
    mkdirSync(beside, { recursive: true });
    writeInto(beside, content);
    for (const name of ['tls.crt', 'tls.key', ...(content.caPem === undefined ? [] : ['ca.crt'])]) {
      renameSync(join(beside, name), join(this.path, name));
    }
  }

  /** Swaps a symbolic link to the folder that holds all, as Kubernetes does for a mounted secret. */
  swap(content: FolderContent): void {
    this.#version += 1;
    const version = `..v${String(this.#version)}`;
    mkdirSync(join(this.path, version));
    writeInto(join(this.path, version), content);
    symlinkSync(version, join(this.path, '..data_tmp'));
    renameSync(join(this.path, '..data_tmp'), join(this.path, '..data'));
    if (this.#version === 1) {
      for (const name of ['tls.crt', 'tls.key']) {
        rmSync(join(this.path, name));
        symlinkSync(join('..data', name), join(this.path, name));
      }
    }
  }
}

function writeInto(folder: string, { certPem, keyPem, caPem }: FolderContent): void {
  writeFileSync(join(folder, 'tls.crt'), certPem);
  writeFileSync(join(folder, 'tls.key'), keyPem);
  if (caPem !== undefined) writeFileSync(join(folder, 'ca.crt'), caPem);
}
