// What holds for the scripts that run in a visitor's browser: faults and things left over, not taste.
import js from "@eslint/js";
import globals from "globals";

// What `dashboard/look/scripts.py` puts together: modules that give and take names, in that one form.
const MODULES = "dashboard/look/scripts.py puts together what is written as: import { name } from \"./module.js\";";
const FORMS = [
  "ImportDefaultSpecifier", "ImportNamespaceSpecifier", "ImportExpression", "ExportAllDeclaration",
  "ExportNamedDeclaration[declaration=null]", "ExportNamedDeclaration > VariableDeclaration[kind!='const']",
  "ExportNamedDeclaration > VariableDeclaration[declarations.length>1]", "ImportDeclaration[source.value=/^[^.]/]",
].map((selector) => ({ selector, message: MODULES }));

export default [
  { ignores: ["**/node_modules/", ".venv/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-implicit-globals": "error",
      "no-shadow": "error",
      "no-unused-vars": ["error", { args: "after-used" }],
      "consistent-return": "error",
      "no-alert": "error",
      "no-eval": "error",
      "no-restricted-syntax": ["error", ...FORMS],
    },
  },
];
