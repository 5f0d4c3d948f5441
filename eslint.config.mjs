// Style of the JavaScript. Undefined names and wrong types are tsc's business: see tsconfig.json.

import js from "@eslint/js";

/** Beyond ESLint's recommended rules. */
const rules = {
  "curly": ["error", "multi-line"], // a statement on the line of its condition, or braces
  "eqeqeq": "error",
  "max-lines": ["error", 600], // as in Python, like the next one
  "max-lines-per-function": ["error", { max: 60, skipComments: true, skipBlankLines: true }],
  "no-control-regex": "off", // texts of pages are cleaned of them
  "no-implied-eval": "error",
  "no-undef": "off", // tsc knows the names of each program
  "no-unused-vars": ["error", { vars: "local", caughtErrors: "none" }],
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
};

export default [
  { ignores: ["**/build/", "**/dist/", "**/.*/"] },
  js.configs.recommended,
  { rules, linterOptions: { reportUnusedDisableDirectives: "error" } },
  // Python joins scripts to one, so that top-level names may be used in another file.
  { files: ["**/*.js"], languageOptions: { sourceType: "script" } },
  {
    files: ["src/**/assets/*.js", "**/*.mjs"],
    languageOptions: { sourceType: "module" },
    rules: { "no-unused-vars": ["error", { caughtErrors: "none" }] },
  },
];
