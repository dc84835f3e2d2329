import tseslint from 'typescript-eslint';

const noBarrels = { selector: 'ExportAllDeclaration', message: 'Import from the file that defines it.' };
const noDefault = { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' };
const noClock = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'Time comes in as an argument.',
};
const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'src/config.ts is the only reader of the environment.',
};
const pure = [
  { object: 'Date', property: 'now', message: 'Time comes in as an argument.' },
  { object: 'Math', property: 'random', message: 'Randomness comes in as an argument.' },
];

export default tseslint.config(
  {
    ignores: [
      'test/support/*.mjs',
      'dist/',
      'data/',
      'node_modules/',
      'coverage/',
      'bin/',
      'public/',
      'src/crypto/kernel/assembly/', // AssemblyScript
      '*.config.js',
      '**/*.cjs',
      'test/support/*.js',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allow: [{ name: 'bigint', from: 'lib' }] },
      ],
      // A class that describes a view or Nest's options is a shape: nobody asks whether a literal is an instance of it.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-restricted-syntax': ['error', noBarrels, noDefault, noEnvironment],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.decider.ts', 'src/events/**', 'src/crypto/**'],
    rules: {
      'no-restricted-syntax': ['error', noBarrels, noDefault, noEnvironment, noClock],
      'no-restricted-properties': ['error', ...pure],
    },
  },
  {
    files: ['src/config.ts', 'test/**', 'bench/**'],
    rules: { 'no-restricted-syntax': ['error', noBarrels] },
  },
);
