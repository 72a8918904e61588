// Kinds of statements, as people call them.

const KINDS = {
  PassportIndex: "List of what belongs to the passport",
  ItemPublicStatement: "About this battery",
  ItemDeclaredStatement: "About this battery, for those who may read it",
  ModelPublicStatement: "About the model",
  ModelRestrictedStatement: "About the model, for those who may read it",
  ModelAuthorityStatement: "About the model, for authorities",
  ProductionStatement: "About the production",
  ConditionStatement: "State of health",
  EventStatement: "Something that happened",
};

export const kindWords = (kind) => KINDS[kind] ?? kind;

// How a statement is called in a sentence.
export function labelOf({ type, version }) {
  const kind = Array.isArray(type) ? type.at(-1) : undefined;
  const words = Object.hasOwn(KINDS, kind) ? `“${KINDS[kind]}”` : "a statement of no known kind";
  return /^[1-9]\d{1,8}$|^[2-9]$/.test(version) ? `${words}, version ${version},` : words;
}
