/** From the contract of a type (JSON Schema of its `data`) to the fields of its form. */

import type { Title } from "./titles";

export interface Schema {
  title?: string;
  description?: string;
  type?: string;
  format?: string;
  pattern?: string;
  const?: unknown;
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  "x-fieldtally-personal"?: string;
}

export interface Choice {
  code: string;
  title: Title;
}

export type Kind =
  "choice" | "yesno" | "number" | "date" | "slug" | "text" | "personal" | "village" | "household" | "attendee";

export interface Field {
  name: string;
  kind: Kind;
  title: Title;
  required: boolean;
  choices: Choice[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
}

const GIVEN = new Set(["organisation"]); // known from the enrolment
const BY_NAME: Record<string, Kind> = { village: "village", household: "household", attendee: "attendee" };

/** The fields of a form: places first, then those that must be filled, as the contract orders them. */
export function fieldsOf(schema: Schema): Field[] {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {})
    .filter(([name]) => !GIVEN.has(name))
    .map(([name, property]) => fieldOf(name, property, required.has(name)));
  const rank = (field: Field): number => (field.kind === "village" ? 0 : field.kind === "attendee" ? 1 : 2);
  return fields.sort((a, b) => rank(a) - rank(b));
}

function fieldOf(name: string, property: Schema, required: boolean): Field {
  const schema = property.anyOf?.find((each) => each.type !== "null") ?? property;
  const field: Field = {
    name,
    kind: kindOf(name, schema),
    title: titleOf(name, schema),
    required,
    choices: choicesOf(schema),
  };
  if (schema.pattern !== undefined) field.pattern = schema.pattern;
  if (schema.minimum !== undefined) field.minimum = schema.minimum;
  if (schema.maximum !== undefined) field.maximum = schema.maximum;
  return field;
}

function kindOf(name: string, schema: Schema): Kind {
  const named = BY_NAME[name];
  if (named) return named;
  if (schema["x-fieldtally-personal"]) return "personal";
  if (schema.oneOf || schema.enum) return "choice";
  if (schema.type === "boolean") return "yesno";
  if (schema.type === "integer") return "number";
  if (schema.format === "date") return "date";
  return schema.pattern?.startsWith("^[a-z0-9]") ? "slug" : "text";
}

function titleOf(name: string, schema: Schema): Title {
  const vi = (schema.title ?? name).replace(" (bí danh)", "");
  const en = (schema.description ?? name).replace(/ as pseudonym$/, "").replace(/[;:] .*$/, "");
  return { vi, en };
}

function choicesOf(schema: Schema): Choice[] {
  if (schema.enum)
    return schema.enum.map((code) => ({ code: String(code), title: { vi: String(code), en: String(code) } }));
  return (schema.oneOf ?? []).map((each) => {
    const code = String(each.const);
    return { code, title: { vi: each.title ?? code, en: each.description ?? code } };
  });
}
