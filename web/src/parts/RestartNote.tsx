import { Alert } from "@mantine/core";
import { IconReload } from "@tabler/icons-react";

import type { SettingsAccess } from "../settings/useSettings";

/** Which settings (of one section, or all) are saved but wait for the next start. */
export function RestartNote({ access, section }: { access: SettingsAccess; section?: string }) {
  const waiting = access.restartNeeded.filter((path) => !section || path.startsWith(`${section}.`));
  if (waiting.length === 0) return null;
  const names = waiting.map((path) => access.row(path)?.title ?? path);
  return (
    <Alert color="yellow" icon={<IconReload />} title="Saved, and in effect from the next start">
      {names.join(", ")}
    </Alert>
  );
}
