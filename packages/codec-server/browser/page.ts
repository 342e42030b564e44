import { showConnections } from './connect';
import { enableCopyButtons } from './copy';
import { Credentials } from './credentials';
import { showHealth } from './health';
import { Inspector } from './inspector';

const base = location.origin + (document.documentElement.dataset['base'] ?? '/');

showConnections(base);
enableCopyButtons(document);
showHealth(base);
new Inspector(base, new Credentials(base));
