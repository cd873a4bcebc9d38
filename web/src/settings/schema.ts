/** The settings' JSON schema, read as rows from which forms are made. */

import type { Role, SettingValue } from "../api";

interface Property {
  $ref?: string;
  anyOf?: Property[];
  oneOf?: Property[];
  type?: string;
  enum?: SettingValue[];
  title?: string;
  description?: string;
  default?: SettingValue;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  multipleOf?: number;
  unit?: string;
  read?: Role;
  write?: Role | null;
  restart?: boolean;
  writeOnly?: boolean;
  rows?: number;
  items?: Property;
  maxItems?: number;
}

interface Model extends Property {
  properties?: Record<string, Property>;
}

export interface Schema extends Model {
  $defs: Record<string, Model>;
}

/** "records": a list of things with fields of their own, for which a form field is no place. */
export type Kind = "choice" | "number" | "integer" | "switch" | "text" | "secret" | "records";

export interface Row {
  path: string;
  title: string;
  description: string;
  kind: Kind;
  /** Whether it may be left empty. */
  optional: boolean;
  choices: SettingValue[];
  minimum: number | null;
  maximum: number | null;
  minLength: number;
  maxLength: number | null;
  pattern: string | null;
  unit: string;
  write: Role | null;
  restart: boolean;
  default: SettingValue;
}

export interface SectionRows {
  name: string;
  title: string;
  description: string;
  rows: Row[];
}

const ORDER: Role[] = ["none", "viewer", "operator", "administrator"];

/** Whether a role may write what is declared writable by ``needed``. */
export function mayWrite(role: Role, needed: Role | null): boolean {
  return needed !== null && ORDER.indexOf(role) >= ORDER.indexOf(needed);
}

function follow(schema: Schema, property: Property): Property {
  if (!property.$ref) return property;
  const target = schema.$defs[property.$ref.replace("#/$defs/", "")] ?? {};
  return { ...target, ...property };
}

/** The one kind of value of a property that may also be null. */
function without(property: Property): { inner: Property; optional: boolean } {
  const kinds = property.anyOf?.filter(({ type }) => type !== "null") ?? [];
  const [only] = kinds;
  return only && kinds.length === 1 ? { inner: { ...only, ...property }, optional: true } : { inner: property, optional: false };
}

function kindOf(schema: Schema, property: Property): Kind {
  if (property.writeOnly) return "secret";
  if (property.enum) return "choice";
  if (property.type === "boolean") return "switch";
  if (property.type === "integer") return "integer";
  if (property.type === "number") return "number";
  if (property.items && isRecord(schema, property.items)) return "records";
  return "text"; // other lists are edited as the text that the camera shows them as
}

function isRecord(schema: Schema, item: Property): boolean {
  return (item.oneOf ?? [item]).some((kind) => (follow(schema, kind) as Model).properties !== undefined);
}

function rowOf(schema: Schema, path: string, declared: Property): Row {
  const { inner: property, optional } = without(follow(schema, declared));
  return {
    path,
    title: declared.title ?? property.title ?? path,
    description: declared.description ?? "",
    kind: kindOf(schema, property),
    optional,
    choices: property.enum ?? [],
    minimum: property.minimum ?? null,
    maximum: property.maximum ?? null,
    minLength: property.minLength ?? 0,
    maxLength: property.maxLength ?? null,
    pattern: property.pattern ?? null,
    unit: property.unit ?? "",
    write: property.write ?? null,
    restart: property.restart ?? false,
    default: property.default ?? null,
  };
}

function rowsOf(schema: Schema, prefix: string, model: Model): Row[] {
  return Object.entries(model.properties ?? {}).map(([field, declared]) => rowOf(schema, `${prefix}.${field}`, declared));
}

/** Every section with its settings. Sections that repeat (one row per view or area) are left to pages of their own. */
export function sections(schema: Schema): SectionRows[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, reference]) => {
    const model = follow(schema, reference) as Model;
    if (!model.properties) return [];
    return [{ name, title: model.title ?? name, description: model.description ?? "", rows: rowsOf(schema, name, model) }];
  });
}

/** All rows by path, those of repeating sections included. */
export function rowsByPath(schema: Schema): Map<string, Row> {
  const repeated = (prefix: string, properties: Record<string, Property>) =>
    Object.entries(properties).flatMap(([name, { items, maxItems = 0 }]) => {
      const model = items ? (follow(schema, items) as Model) : {};
      return Array.from({ length: maxItems }, (_, number) => rowsOf(schema, `${prefix}${name}.${number}`, model)).flat();
    });
  const top = schema.properties ?? {};
  const within = Object.entries(top).flatMap(([name, reference]) => repeated(`${name}.`, (follow(schema, reference) as Model).properties ?? {}));
  return new Map([...sections(schema).flatMap(({ rows }) => rows), ...repeated("", top), ...within].map((row) => [row.path, row]));
}

/** What is wrong with a value, in words for its field; null when the camera is worth asking. */
export function fault(row: Row, value: SettingValue): string | null {
  if (value === null || value === "") return row.optional || row.minLength === 0 ? null : "This may not be empty";
  if (row.kind === "number" || row.kind === "integer") return numberFault(row, Number(value));
  const text = shown(value);
  if (row.maxLength !== null && text.length > row.maxLength) return `At most ${row.maxLength} characters`;
  if (row.pattern !== null && !new RegExp(row.pattern, "u").test(text)) return `This does not fit. ${row.description}`;
  return null;
}

function numberFault({ minimum, maximum, unit, kind }: Row, value: number): string | null {
  const units = unit && ` ${unit}`;
  if (Number.isNaN(value)) return "A number is needed";
  if (kind === "integer" && !Number.isInteger(value)) return "A whole number is needed";
  if (minimum !== null && maximum !== null && (value < minimum || value > maximum)) return `From ${minimum} to ${maximum}${units}`;
  if (minimum !== null && value < minimum) return `At least ${minimum}${units}`;
  if (maximum !== null && value > maximum) return `At most ${maximum}${units}`;
  return null;
}

/** What the camera says of a value, without the value and its path: those stand at the field already. */
export function remedy(message: string, path: string): string {
  if (!message.startsWith(`${path}=`)) return message;
  const rest = message.slice(path.length + 1).replace(/^('(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|[^:]*)…?: /, "");
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`;
}

/** A value as text for a form field. */
export function shown(value: SettingValue | undefined): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.join(",") : String(value);
}
