import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '.cache/',
      'test-artefacts/',
      'interop/',
      'packages/cli/vendor/',
      'tools/packaging/adoption/application/',
      // Globals of blocks in the documents, which no other file may see; a test compiles it.
      'tools/documents/undeclared.d.ts',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        // One program for all files: one for each package would read and check what they share again.
        project: ['tsconfig.lint.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // Code is Prettier's, and texts are as long as they are.
      'max-len': ['error', { code: 1_000, comments: 110, ignoreUrls: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    rules: {
      // Options whose type is inferred from their schema have a name, and a comment, all the same.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "MemberExpression[object.name='AbortSignal'][property.name=/^(timeout|any)$/], MemberExpression[object.name='AbortSignal'][property.value=/^(timeout|any)$/]",
          message:
            'A garbage collection can take it on Node.js 20, and it keeps no process alive. Use Deadline or withDeadline of @waxseal/core.',
        },
        {
          selector: ':function ObjectExpression > Property[kind=/^(get|set)$/]',
          message:
            'V8 makes each such object a shape of its own, which keeps all that the accessor refers to until a full collection. Make it a class.',
        },
        {
          selector: ':function FunctionExpression[generator=true]:not(MethodDefinition > *)',
          message:
            'V8 gives each such function a shape of its own, which keeps all that it refers to until a full collection. Make it a function of the file, or a method.',
        },
      ],
    },
  },
  {
    files: ['**/test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['packages/codec-server/browser/*.ts'],
    languageOptions: { parserOptions: { project: ['packages/codec-server/browser/tsconfig.json'] } },
    rules: {
      // What comes from payloads and answers is only ever set as text.
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write', 'writeln', 'setHTMLUnsafe'].map(
          (property) => ({ property }),
        ),
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        performance: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
      },
    },
  },
);
