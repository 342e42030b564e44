/** `browser/page.js`, as `npm run api` copies it. Its hash is in the Content-Security-Policy. */
export const PAGE_SCRIPT = `// Script of the page at \`/\`. What comes from payloads and answers is only ever set as text.
'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const base = location.origin + document.documentElement.dataset.base;
  const endpoint = base.replace(/\\/$/, '');
  for (const place of document.querySelectorAll('.endpoint')) place.textContent = endpoint;
  for (const link of document.querySelectorAll('a.relative')) link.href = base + link.dataset.path;

  const make = (name, text, ...children) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    element.append(...children);
    return element;
  };

  const state = byId('state');
  fetch(\`\${base}readyz\`).then(
    async (response) => {
      const text = (await response.text()).trim();
      state.textContent = response.ok ? 'It is ready: keys can be used.' : \`It is not ready: \${text}.\`;
      state.classList.add(response.ok ? 'good' : 'bad');
    },
    () => {
      state.textContent = 'It does not answer.';
      state.classList.add('bad');
    },
  );

  const isObject = (value) => typeof value === 'object' && value !== null;
  const payloadsIn = (value) => {
    if (!isObject(value)) return [];
    if (isObject(value.metadata) && typeof value.metadata.encoding === 'string') return [value];
    return Object.values(value).flatMap(payloadsIn);
  };

  const post = async (path, payloads) => {
    const headers = { 'Content-Type': 'application/json' };
    const namespace = byId('namespace').value.trim();
    const token = byId('token').value.trim();
    if (namespace !== '') headers['X-Namespace'] = namespace;
    if (token !== '') headers.Authorization = \`Bearer \${token.replace(/^Bearer\\s+/i, '')}\`;
    const response = await fetch(base + path, {
      method: 'POST',
      headers,
      body: JSON.stringify({ payloads }),
      credentials: 'same-origin',
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(\`\${answer.error.code}: \${answer.error.message}\`);
    return answer.payloads;
  };

  const textOf = (base64 = '') =>
    new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

  const row = (name, ...values) =>
    make(
      'tr',
      undefined,
      make('th', name),
      make('td', undefined, ...values.map((value) => make('div', value))),
    );

  const describe = (description, index) => {
    const { encoding, keyId, dataBytes, envelope, defect } = description;
    const rows = [row('Encoding', encoding ?? 'none'), row('Size', \`\${dataBytes} bytes\`)];
    if (envelope === undefined) {
      if (keyId !== undefined) rows.push(row('Key ID', keyId));
      rows.push(row('Encrypted', defect === undefined ? 'not by Waxseal' : \`malformed: \${defect}\`));
    } else {
      const context = Object.entries(envelope.context).map(([name, value]) => \`\${name} = \${value}\`);
      rows.push(
        row('Format', \`Waxseal envelope, version \${envelope.version}, suite \${envelope.suite}\`),
        row('Key IDs', ...envelope.wrappedKeys.map((wrapped) => wrapped.keyId ?? keyId)),
        row('Bound to', ...(context.length > 0 ? context : ['nothing'])),
      );
    }
    return [make('h3', \`Payload \${index + 1}\`), make('table', undefined, make('tbody', undefined, ...rows))];
  };

  const content = (payload) => {
    const encoding = textOf(payload.metadata?.encoding);
    const text = textOf(payload.data);
    if (!encoding.startsWith('json/')) return text;
    try {
      return JSON.stringify(JSON.parse(text), undefined, 2);
    } catch {
      return text;
    }
  };

  byId('form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const result = byId('result');
    result.replaceChildren(make('p', 'Asking…'));
    const fail = (error) => {
      const line = make('p', error.message);
      line.className = 'error';
      return line;
    };
    try {
      let parsed;
      try {
        parsed = JSON.parse(byId('payload').value);
      } catch {
        throw new Error('This is not valid JSON.');
      }
      const payloads = payloadsIn(parsed);
      if (payloads.length === 0)
        throw new Error('There is no payload in it. A payload has metadata with an encoding.');
      const descriptions = await post('inspect', payloads);
      const decoded = await post('decode', payloads).catch(fail);
      const parts = descriptions.flatMap((description, index) => [
        ...describe(description, index),
        ...(Array.isArray(decoded) ? [make('pre', content(decoded[index]))] : []),
      ]);
      result.replaceChildren(...parts, ...(Array.isArray(decoded) ? [] : [decoded]));
    } catch (error) {
      result.replaceChildren(fail(error));
    }
  });
})();
`;
