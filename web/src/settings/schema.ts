/** The settings' JSON schema, read as rows from which forms are made. */

import type { Role, SettingValue } from "../api";

interface Property {
  $ref?: string;
  anyOf?: Property[];
  type?: string;
  enum?: SettingValue[];
  title?: string;
  description?: string;
  default?: SettingValue;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  multipleOf?: number;
  unit?: string;
  read?: Role;
  write?: Role | null;
  restart?: boolean;
  writeOnly?: boolean;
  rows?: number;
  items?: Property;
}

interface Model extends Property {
  properties?: Record<string, Property>;
}

export interface Schema extends Model {
  $defs: Record<string, Model>;
}

export type Kind = "choice" | "number" | "integer" | "switch" | "text" | "secret";

export interface Row {
  path: string;
  title: string;
  description: string;
  kind: Kind;
  choices: SettingValue[];
  minimum: number | null;
  maximum: number | null;
  unit: string;
  write: Role | null;
  restart: boolean;
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

function kindOf(property: Property): Kind {
  if (property.writeOnly) return "secret";
  if (property.enum) return "choice";
  if (property.type === "boolean") return "switch";
  if (property.type === "integer") return "integer";
  if (property.type === "number") return "number";
  return "text"; // lists and optional values are edited as the text that the camera shows them as
}

/** Every section with its settings. Sections that repeat (one row per view or area) are left to pages of their own. */
export function sections(schema: Schema): SectionRows[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, reference]) => {
    const model = follow(schema, reference) as Model;
    if (!model.properties) return [];
    const rows = Object.entries(model.properties).map(([field, declared]) => {
      const property = follow(schema, declared);
      return {
        path: `${name}.${field}`,
        title: declared.title ?? property.title ?? field,
        description: declared.description ?? "",
        kind: kindOf(property),
        choices: property.enum ?? [],
        minimum: property.minimum ?? null,
        maximum: property.maximum ?? null,
        unit: property.unit ?? "",
        write: property.write ?? null,
        restart: property.restart ?? false,
      };
    });
    return [{ name, title: model.title ?? name, description: model.description ?? "", rows }];
  });
}

/** A value as text for a form field. */
export function shown(value: SettingValue | undefined): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.join(",") : String(value);
}
