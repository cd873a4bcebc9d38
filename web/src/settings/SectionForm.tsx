import { Stack, Text } from "@mantine/core";
import type { FormEvent } from "react";

import { Field } from "./Field";
import { SaveButtons } from "./SaveButtons";
import type { Row, SectionRows } from "./schema";
import { useEdits } from "./useEdits";
import type { SettingsAccess } from "./useSettings";

interface Props {
  section: SectionRows;
  access: SettingsAccess;
  /** More words than the declaration has, by path. */
  help?: Record<string, string>;
  /** Values to choose from where the declaration takes any text, by path. */
  choices?: Record<string, string[]>;
}

/** A section of the settings as a form made from its declaration. */
export function SectionForm({ section, access, help = {}, choices = {} }: Props) {
  const rows = section.rows
    .filter(({ path }) => path in access.values)
    .map((row): Row => (choices[row.path] ? { ...row, kind: "choice", choices: choices[row.path] ?? [] } : row));
  const edits = useEdits(access, rows);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void edits.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {section.description && (
          <Text size="sm" c="dimmed">
            {section.description}
          </Text>
        )}
        {rows.map((row) => (
          <Field
            key={row.path}
            row={row}
            value={edits.value(row.path)}
            disabled={!access.mayWrite(row.path)}
            error={edits.error(row.path)}
            description={help[row.path] ? `${row.description} ${help[row.path]}` : row.description}
            onChange={(value) => edits.set(row.path, value)}
          />
        ))}
        <SaveButtons edits={edits} />
      </Stack>
    </form>
  );
}
